/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Samples times @scale as 16 bit. What is too loud saturates instead of
 * wrapping round; what is not a number is silence. */
void cap_pcm_from_float (gint16 *to, const float *from, gsize n_samples, float scale);

G_END_DECLS
