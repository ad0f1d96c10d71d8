/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Turns audio of CAP_AUDIO_RATE into the rate and format that a recogniser asked for. */
typedef struct _CapResampler CapResampler;

/* @rate: 8000 to 48000.
 * @as_float: numbers from -1 to 1; otherwise 16-bit integers. */
CapResampler *cap_resampler_new (guint rate, gboolean as_float);
void cap_resampler_free (CapResampler *self);

/* Forgets earlier audio: the next frame begins another stretch. */
void cap_resampler_reset (CapResampler *self);

/* Appends to @out (bytes) as many frames as are complete. */
void cap_resampler_push (CapResampler *self, const gint16 *samples, gsize n_frames, GByteArray *out);

/* Appends the last frames of a stretch. */
void cap_resampler_drain (CapResampler *self, GByteArray *out);

/* Bytes of one frame. */
gsize cap_resampler_get_frame_size (CapResampler *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapResampler, cap_resampler_free)

G_END_DECLS
