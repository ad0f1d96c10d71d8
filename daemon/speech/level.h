/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Measures how loud a stream is.
 *
 * Signals:
 *  ::level (double)  the root mean square of the last 200 ms in dBFS, -96 to 0
 */
#define CAP_TYPE_LEVEL (cap_level_get_type ())
G_DECLARE_FINAL_TYPE (CapLevel, cap_level, CAP, LEVEL, GObject)

CapLevel *cap_level_new (void);

/* Measures the next frames of the stream. Emits the signal before it returns. */
void cap_level_feed (CapLevel *self, const gint16 *samples, gsize n_frames);

G_END_DECLS
