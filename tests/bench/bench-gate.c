/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Measures the cost of the gate against a lower bound: copying the same audio and taking
 * its root mean square. */

#include "speech/gate.h"
#include "tools/sound.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define SECONDS 60
#define PIECE CAP_AUDIO_MS (20)

typedef void (*Work) (gpointer data, const gint16 *samples, gsize n);

typedef struct
{
  gint16 copy[PIECE];
  double sum;
} Least;

static void
do_least (gpointer data, const gint16 *samples, gsize n)
{
  Least *least = data;
  gint64 sum = 0;

  memcpy (least->copy, samples, n * sizeof (gint16));
  for (gsize i = 0; i < n; i++)
    sum += (gint64) least->copy[i] * least->copy[i];
  least->sum += sqrt ((double) sum / n);
}

static void
do_gate (gpointer data, const gint16 *samples, gsize n)
{
  cap_gate_feed (data, samples, n);
}

/* Returns microseconds of processor time per second of audio: the best of five. */
static double
measure (const Sound *sound, Work work, gpointer data)
{
  g_autofree gint16 *pcm = sound_to_pcm (sound);
  double best = G_MAXDOUBLE;

  for (guint round = 0; round < 5; round++)
    {
      clock_t begin = clock ();

      for (gsize i = 0; i + PIECE <= sound->n; i += PIECE)
        work (data, pcm + i, PIECE);
      best = MIN (best, (double) (clock () - begin) * 1e6 / CLOCKS_PER_SEC / SECONDS);
    }

  return best;
}

static void
report (const char *name, const Sound *sound)
{
  g_autoptr (CapGate) gate = cap_gate_new ();
  Least least = { 0 };
  double cost = measure (sound, do_gate, gate);
  double least_cost = measure (sound, do_least, &least);

  g_print ("%-8s gate %6.0f us, copy and RMS %6.1f us for 1 s of audio: %5.1f times, "
           "%.3f %% of a core\n",
           name, cost, least_cost, cost / least_cost, cost / 1e4);
  g_assert_cmpfloat (least.sum, >=, 0);
}

int
main (void)
{
  g_autoptr (Sound) voice = sound_new_voice (SECONDS * CAP_AUDIO_RATE, 1);
  g_autoptr (Sound) noise = sound_new_pink (SECONDS * CAP_AUDIO_RATE, 1);
  g_autoptr (Sound) silence = sound_new_silence (SECONDS * CAP_AUDIO_RATE);

  report ("silence", silence);
  report ("noise", noise);
  report ("voice", voice);
  return 0;
}
