/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/program.h"

G_BEGIN_DECLS

/* Turns speech into utterances: it maps the positions of a stream to those of the
 * decoder, and cuts speech that never pauses. */
typedef struct _CapUtterances CapUtterances;

/* @recognised: valid during the call. */
typedef void (*CapUtterancesFunc) (const CapRecognised *recognised, gpointer user_data);

/* @model_dir: NULL for the folder of the distribution. Fails with a sentence for people. */
CapUtterances *cap_utterances_new (const char *model_dir, CapUtterancesFunc func, gpointer user_data, GError **error);
void cap_utterances_free (CapUtterances *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapUtterances, cap_utterances_free)

void cap_utterances_begin (CapUtterances *self, guint64 position);
void cap_utterances_feed (CapUtterances *self, guint64 position, const gint16 *samples, gsize n_frames);
/* @more: the speech goes on, and the utterance may end at a pause before @position. */
void cap_utterances_end (CapUtterances *self, guint64 position, gboolean more);
/* Ends the utterance that continues after a cut. */
void cap_utterances_finish (CapUtterances *self);

G_END_DECLS
