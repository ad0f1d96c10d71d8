/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Whether colours can be told apart, as the Web Content Accessibility
 * Guidelines 2.1 measure it. All colours are opaque unless it says so. */

/* What text has to have against what is behind it. */
#define CAP_COLOR_READABLE 4.5

/* 1 for the same, to 21 for black and white. */
double cap_color_contrast (const GdkRGBA *a, const GdkRGBA *b);
/* The smallest against any of them. */
double cap_color_least_contrast (const GdkRGBA *color, const GdkRGBA *grounds, guint n_grounds);

/* @amount: 0 for @a, 1 for @b. */
GdkRGBA cap_color_mix (const GdkRGBA *a, const GdkRGBA *b, double amount);
/* @top, which may let something through, over @bottom. */
GdkRGBA cap_color_over (const GdkRGBA *top, const GdkRGBA *bottom);

/* @color, or something between it and white or black (which of them stands out
 * more) with as much contrast as wanted, or, where there is no such thing, the
 * most that there is. */
GdkRGBA cap_color_raise (const GdkRGBA *color, const GdkRGBA *grounds, guint n_grounds, double wanted);
/* @color faded towards the grounds, with no less than half of its contrast and
 * never below @least: what has no more than that stays as it is. */
GdkRGBA cap_color_dim (const GdkRGBA *color, const GdkRGBA *grounds, guint n_grounds, double least);

G_END_DECLS
