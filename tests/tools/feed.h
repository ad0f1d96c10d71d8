/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* Replaces capture and stream: it passes sound through a ledger and a gate into an
 * engine, as fast as the engine takes it. */
typedef struct _Feed Feed;

/* Loads a mono 16-bit WAV file and resamples it to CAP_AUDIO_RATE (element-type gint16). */
GArray *feed_load (const char *path, GError **error);

/* Runs the default main context until @engine is ready or has failed. */
Feed *feed_new (CapEngine *engine);
void feed_free (Feed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Feed, feed_free)

/* Appends sound. Runs the default main context while the engine is full. */
void feed_append (Feed *self, const gint16 *samples, gsize n_frames);

/* Ends the sound. Runs the default main context until the engine has finished. */
void feed_finish (Feed *self);

G_END_DECLS
