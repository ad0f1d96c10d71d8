/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/level.h"

#include <math.h>

#define PERIOD CAP_AUDIO_MS (200)

/* The largest sample, and the quietest level (dBFS) that 16 bits can express. */
#define FULL_SCALE 32768.
#define QUIETEST -96.

/* struct */

struct _CapLevel
{
  GObject parent;

  guint64 sum; /* of the squares: 200 ms at full scale need 43 bits */
  guint n;     /* samples in the sum */
};

/* signals */

enum
{
  SIGNAL_LEVEL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapLevel, cap_level, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_level_init (CapLevel *self)
{
}

static void
cap_level_class_init (CapLevelClass *klass)
{
  signals[SIGNAL_LEVEL] = g_signal_new ("level", CAP_TYPE_LEVEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

/* private */

static void
emit_level (CapLevel *self)
{
  double mean = (double) self->sum / PERIOD / (FULL_SCALE * FULL_SCALE);
  double level = mean > 0 ? 10 * log10 (mean) : QUIETEST;

  self->sum = 0;
  self->n = 0;
  g_signal_emit (self, signals[SIGNAL_LEVEL], 0, CLAMP (level, QUIETEST, 0));
}

/* public methods */

CapLevel *
cap_level_new (void)
{
  return g_object_new (CAP_TYPE_LEVEL, NULL);
}

void
cap_level_feed (CapLevel *self, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (CAP_IS_LEVEL (self));
  g_return_if_fail (samples != NULL || n_frames == 0);

  g_autoptr (CapLevel) alive = g_object_ref (self);

  for (gsize i = 0; i < n_frames; i++)
    {
      self->sum += (gint64) samples[i] * samples[i];
      if (++self->n == PERIOD)
        emit_level (self);
    }
}
