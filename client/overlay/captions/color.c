/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/color-private.h"

#include <math.h>

#define STEPS 20
#define MOST_DIMMED 0.4
/* The share of contrast that remains; users read the dimmed text, because it is the
 * newest. */
#define LEFT_OVER 0.5

static const GdkRGBA black = { 0, 0, 0, 1 };
static const GdkRGBA white = { 1, 1, 1, 1 };

static double
linear (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *color)
{
  return 0.2126 * linear (color->red) + 0.7152 * linear (color->green) + 0.0722 * linear (color->blue);
}

double
cap_color_contrast (const GdkRGBA *a, const GdkRGBA *b)
{
  double first = luminance (a), second = luminance (b);

  return (MAX (first, second) + 0.05) / (MIN (first, second) + 0.05);
}

/* The smallest contrast of @color with any of @grounds. */
static double
least_contrast (const GdkRGBA *color, const GdkRGBA *grounds, guint n_grounds)
{
  double least = 21;

  for (guint i = 0; i < n_grounds; i++)
    least = MIN (least, cap_color_contrast (color, &grounds[i]));
  return least;
}

/* @amount: 0 for @a, 1 for @b. */
static GdkRGBA
mix (const GdkRGBA *a, const GdkRGBA *b, double amount)
{
  return (GdkRGBA) {
    .red = a->red + (b->red - a->red) * amount,
    .green = a->green + (b->green - a->green) * amount,
    .blue = a->blue + (b->blue - a->blue) * amount,
    .alpha = 1,
  };
}

GdkRGBA
cap_color_over (const GdkRGBA *top, const GdkRGBA *bottom)
{
  return mix (bottom, top, top->alpha);
}

GdkRGBA
cap_color_raise (const GdkRGBA *color, const GdkRGBA *grounds, guint n_grounds, double wanted)
{
  double with_white = least_contrast (&white, grounds, n_grounds);
  double with_black = least_contrast (&black, grounds, n_grounds);
  const GdkRGBA *end = with_white >= with_black ? &white : &black;

  for (guint step = 0; step < STEPS; step++)
    {
      GdkRGBA raised = mix (color, end, (double) step / STEPS);

      if (least_contrast (&raised, grounds, n_grounds) >= wanted)
        return raised;
    }
  return *end;
}

GdkRGBA
cap_color_dim (const GdkRGBA *color, const GdkRGBA *grounds, guint n_grounds, double least)
{
  double contrast = least_contrast (color, grounds, n_grounds);
  double wanted = MAX (contrast * LEFT_OVER, least);

  for (guint step = 0; n_grounds > 0 && step < STEPS; step++)
    {
      double amount = MOST_DIMMED * (STEPS - step) / STEPS;
      GdkRGBA dimmed = mix (color, &grounds[0], amount);

      if (least_contrast (&dimmed, grounds, n_grounds) >= wanted)
        return dimmed;
    }
  return *color;
}
