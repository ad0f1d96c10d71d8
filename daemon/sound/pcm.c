/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/pcm.h"

#include <math.h>

void
cap_pcm_from_float (gint16 *to, const float *from, gsize n_samples, float scale)
{
  g_return_if_fail (to != NULL);
  g_return_if_fail (from != NULL);

  for (gsize i = 0; i < n_samples; i++)
    {
      float sample = from[i] * scale * 32767.0f;

      if (isnan (sample))
        sample = 0.0f;
      to[i] = (gint16) lrintf (CLAMP (sample, -32768.0f, 32767.0f));
    }
}
