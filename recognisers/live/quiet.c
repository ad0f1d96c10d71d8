/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "live/quiet.h"

#include "live/live.h"

#define WINDOW (CAP_LIVE_RATE / 20)

static double
measure (const float *samples)
{
  double sum = 0;

  for (guint i = 0; i < WINDOW; i++)
    sum += (double) samples[i] * samples[i];
  return sum;
}

gsize
cap_quiet_find (const float *samples, gsize begin, gsize end)
{
  gsize best = begin + (end - begin) / 2;
  double least = G_MAXDOUBLE;

  for (gsize i = begin; i + WINDOW <= end; i += WINDOW / 2)
    {
      double loudness = measure (samples + i);

      if (loudness < least)
        {
          least = loudness;
          best = i + WINDOW / 2;
        }
    }
  return best;
}
