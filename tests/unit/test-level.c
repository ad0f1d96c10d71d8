/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/level.h"

#include <math.h>

typedef struct
{
  guint n;
  double last;
} Levels;

static void
on_level (CapLevel *level, double dbfs, Levels *levels)
{
  levels->n++;
  levels->last = dbfs;
}

/* Measures two seconds of a sine, fed in pieces of @piece frames. */
static Levels
measure (double amplitude, gsize piece)
{
  g_autoptr (CapLevel) level = cap_level_new ();
  Levels levels = { 0 };
  gint16 samples[2 * CAP_AUDIO_RATE];

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = lrint (amplitude * sin (2 * G_PI * 100 * i / CAP_AUDIO_RATE));

  g_signal_connect (level, "level", G_CALLBACK (on_level), &levels);
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i += piece)
    cap_level_feed (level, samples + i, MIN (piece, G_N_ELEMENTS (samples) - i));

  return levels;
}

static void
test_values (void)
{
  g_assert_cmpfloat_with_epsilon (measure (32767, 480).last, -3.01, 0.01);
  g_assert_cmpfloat_with_epsilon (measure (3276.7, 480).last, -23.01, 0.01);
  g_assert_cmpfloat_with_epsilon (measure (32.767, 480).last, -63.0, 0.2);
  g_assert_cmpfloat (measure (0, 480).last, ==, -96);
}

static void
test_full_scale (void)
{
  g_autoptr (CapLevel) level = cap_level_new ();
  Levels levels = { 0 };
  gint16 samples[CAP_AUDIO_RATE];

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = G_MININT16;
  g_signal_connect (level, "level", G_CALLBACK (on_level), &levels);
  cap_level_feed (level, samples, G_N_ELEMENTS (samples));

  g_assert_cmpuint (levels.n, ==, 5);
  g_assert_cmpfloat (levels.last, ==, 0);
}

static void
test_pace (void)
{
  const gsize pieces[] = { 1, 7, 240, 4799, 4800, 4801, 48000 };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      Levels levels = measure (1000, pieces[i]);

      g_assert_cmpuint (levels.n, ==, 10);
      g_assert_cmpfloat (levels.last, ==, measure (1000, 480).last);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/level/a sine has its level", test_values);
  g_test_add_func ("/level/full scale is 0 dBFS", test_full_scale);
  g_test_add_func ("/level/five values a second for any size of pieces", test_pace);
  return g_test_run ();
}
