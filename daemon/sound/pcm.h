/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Converts @n_samples to 16 bit and multiplies them by @scale. Samples that are
 * too loud are clipped; a NaN becomes silence. */
void cap_pcm_from_float (gint16 *to, const float *from, gsize n_samples, float scale);

G_END_DECLS
