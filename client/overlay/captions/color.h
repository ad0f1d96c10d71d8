/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Contrast of colours as in the Web Content Accessibility Guidelines 2.1. Colours
 * are opaque unless stated otherwise. */

/* Least contrast of text with its background. */
#define CAP_COLOR_READABLE 4.5

/* @top, which may be translucent, over @bottom. */
GdkRGBA cap_color_over (const GdkRGBA *top, const GdkRGBA *bottom);

/* The colour nearest to @color, mixed with white or black (whichever contrasts
 * more), that has the @wanted contrast; white or black if none has. */
GdkRGBA cap_color_raise (const GdkRGBA *color, const GdkRGBA *grounds, guint n_grounds, double wanted);
/* @color faded towards the first of @grounds, with at least half of its contrast
 * and at least @least. A colour that has no more contrast than that stays as it is. */
GdkRGBA cap_color_dim (const GdkRGBA *color, const GdkRGBA *grounds, guint n_grounds, double least);

G_END_DECLS
