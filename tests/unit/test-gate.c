/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/gate-private.h"
#include "tools/sound.h"

#include <math.h>

#define SECOND CAP_AUDIO_MS (1000)
#define LONGEST (15 * SECOND)
#define PRE_ROLL CAP_AUDIO_MS (500)
#define HANG_OVER CAP_AUDIO_MS (900)

typedef struct
{
  guint64 begin, end;
  CapGateEnd why;
} Range;

typedef struct
{
  CapGate *gate;
  GArray *ranges; /* element-type Range */
  guint64 decided;
  gboolean open;
} Watch;

/* The watch checks every promise of gate.h, whatever a test feeds. */

static guint64
get_last_end (Watch *watch)
{
  guint n = watch->ranges->len;

  return n > 0 ? g_array_index (watch->ranges, Range, n - 1).end : 0;
}

static void
on_speech_begins (CapGate *gate, guint64 position, Watch *watch)
{
  Range range = { position, 0, 0 };

  g_assert_false (watch->open);
  g_assert_true (cap_gate_is_open (gate));
  g_assert_cmpuint (position, >=, get_last_end (watch));
  g_assert_cmpuint (position, >=, watch->decided);
  g_assert_cmpuint (position, <=, cap_gate_get_end (gate));
  g_assert_cmpuint (position + PRE_ROLL, >=, cap_gate_get_end (gate));

  watch->open = TRUE;
  g_array_append_val (watch->ranges, range);
}

static void
on_speech_ends (CapGate *gate, guint64 position, guint why, Watch *watch)
{
  Range *range = &g_array_index (watch->ranges, Range, watch->ranges->len - 1);

  g_assert_true (watch->open);
  g_assert_false (cap_gate_is_open (gate));
  g_assert_cmpuint (position, ==, cap_gate_get_end (gate));
  g_assert_cmpuint (position, >, range->begin);
  g_assert_cmpuint (position, <=, range->begin + LONGEST);

  watch->open = FALSE;
  range->end = position;
  range->why = why;
}

static void
watch_init (Watch *watch)
{
  watch->gate = cap_gate_new ();
  watch->ranges = g_array_new (FALSE, TRUE, sizeof (Range));
  watch->decided = 0;
  watch->open = FALSE;
  g_signal_connect (watch->gate, "speech-begins", G_CALLBACK (on_speech_begins), watch);
  g_signal_connect (watch->gate, "speech-ends", G_CALLBACK (on_speech_ends), watch);
}

static void
watch_clear (Watch *watch)
{
  g_assert_finalize_object (watch->gate);
  g_array_unref (watch->ranges);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watch, watch_clear)

static void
watch_feed (Watch *watch, const gint16 *samples, gsize n)
{
  guint64 end = cap_gate_get_end (watch->gate);
  guint64 decided;

  cap_gate_feed (watch->gate, samples, n);
  decided = cap_gate_get_decided (watch->gate);

  g_assert_cmpuint (cap_gate_get_end (watch->gate), ==, end + n);
  g_assert_cmpuint (decided, >=, watch->decided);
  g_assert_cmpuint (decided, <=, end + n);
  g_assert_true (cap_gate_is_open (watch->gate) == watch->open);
  if (watch->open)
    g_assert_cmpuint (decided, ==, end + n);
  watch->decided = decided;
}

/* Feeds @sound in pieces of @piece frames, or of random length if 0, and flushes. */
static void
watch_sound (Watch *watch, const Sound *sound, gsize piece)
{
  g_autofree gint16 *pcm = sound_to_pcm (sound);

  for (gsize i = 0, n; i < sound->n; i += n)
    {
      n = piece > 0 ? piece : (gsize) g_test_rand_int_range (1, 3000);
      n = MIN (n, sound->n - i);
      watch_feed (watch, pcm + i, n);
    }
  cap_gate_flush (watch->gate);
  g_assert_false (watch->open);
}

static const Range *
get_range (Watch *watch, guint i)
{
  g_assert_cmpuint (i, <, watch->ranges->len);
  return &g_array_index (watch->ranges, Range, i);
}

/* Returns the marked share of the audio from @begin to @end. */
static double
get_share (Watch *watch, guint64 begin, guint64 end)
{
  guint64 marked = 0;

  for (guint i = 0; i < watch->ranges->len; i++)
    {
      const Range *range = get_range (watch, i);
      guint64 from = MAX (range->begin, begin), to = MIN (range->end, end);

      marked += to > from ? to - from : 0;
    }

  return (double) marked / (end - begin);
}

/* tests */

static void
test_silence (void)
{
  g_autoptr (Sound) silence = sound_new_silence (60 * SECOND);
  g_auto (Watch) watch;

  watch_init (&watch);
  watch_sound (&watch, silence, 480);
  g_assert_cmpuint (watch.ranges->len, ==, 0);
  g_assert_cmpuint (cap_gate_get_end (watch.gate), ==, 60 * SECOND);
}

static void
test_dither (void)
{
  g_autoptr (Sound) dither = sound_new_white (60 * SECOND, 1);
  g_auto (Watch) watch;

  /* A level between silence and the last bit. */
  sound_amplify (dither, -88);
  watch_init (&watch);
  watch_sound (&watch, dither, 480);
  g_assert_cmpfloat (get_share (&watch, 6 * SECOND, 60 * SECOND), ==, 0);
}

static void
test_clicks (void)
{
  g_autoptr (Sound) clicks = sound_new_silence (20 * SECOND);
  g_auto (Watch) watch;

  for (gsize i = SECOND; i < clicks->n; i += SECOND)
    for (guint k = 0; k < 48; k++)
      clicks->samples[i + k] = k % 2 ? 0.3 : -0.3;

  watch_init (&watch);
  watch_sound (&watch, clicks, 480);
  g_assert_cmpuint (watch.ranges->len, ==, 0);
}

static void
test_first_word (void)
{
  g_autoptr (Sound) voice = sound_new_voice (2 * SECOND, 1);
  g_auto (Watch) watch;

  watch_init (&watch);
  watch_sound (&watch, voice, 480);
  g_assert_cmpuint (get_range (&watch, 0)->begin, ==, 0);
}

static void
test_first_syllable (void)
{
  for (int peak = -40; peak <= 0; peak += 10)
    {
      g_autoptr (Sound) sound = sound_new_silence (15 * SECOND);
      g_autoptr (Sound) voice = sound_new_voice (2 * SECOND, 1);
      g_auto (Watch) watch;

      sound_add (sound, 10 * SECOND, voice, peak - sound_get_peak (voice));
      watch_init (&watch);
      watch_sound (&watch, sound, 480);

      g_assert_cmpuint (watch.ranges->len, ==, 1);
      g_assert_cmpuint (get_range (&watch, 0)->begin + CAP_AUDIO_MS (100), <=, 10 * SECOND);
      g_assert_cmpuint (get_range (&watch, 0)->begin + PRE_ROLL, >=, 10 * SECOND);
      g_assert_cmpuint (get_range (&watch, 0)->end, >=, 12 * SECOND);
      g_assert_cmpuint (get_range (&watch, 0)->end, <=, 12 * SECOND + HANG_OVER);
      g_assert_cmpint (get_range (&watch, 0)->why, ==, CAP_GATE_PAUSE);
    }
}

static void
test_steady_noise (void)
{
  for (int level = -70; level <= -10; level += 20)
    for (guint k = 0; k < 4; k++)
      {
        const gsize n = 30 * SECOND;
        g_autoptr (Sound) noise = k == 0   ? sound_new_white (n, 1)
                                  : k == 1 ? sound_new_pink (n, 2)
                                  : k == 2 ? sound_new_fan (n, 3)
                                           : sound_new_hum (n, 50);
        g_auto (Watch) watch;

        sound_amplify (noise, level - sound_get_level (noise, 0, n));
        watch_init (&watch);
        watch_sound (&watch, noise, 480);
        g_assert_cmpfloat (get_share (&watch, 0, 3 * SECOND), ==, 1);
        g_assert_cmpfloat (get_share (&watch, 6 * SECOND, n), ==, 0);
      }
}

/* Loud music stops, and a quiet voice follows. */
static void
test_level_jump (void)
{
  g_autoptr (Sound) sound = sound_new_silence (22 * SECOND);
  g_autoptr (Sound) music = sound_new_music (10 * SECOND, 1);
  g_autoptr (Sound) voice = sound_new_voice (2 * SECOND, 1);
  g_autoptr (Sound) room = sound_new_pink (22 * SECOND, 1);
  g_auto (Watch) watch;

  sound_add (sound, 0, music, -6 - sound_get_peak (music));
  sound_add (sound, 0, room, -75 - sound_get_level (room, 0, room->n));
  sound_add (sound, 10 * SECOND, voice, -40 - sound_get_peak (voice));
  sound_add (sound, 15 * SECOND, voice, -40 - sound_get_peak (voice));
  watch_init (&watch);
  watch_sound (&watch, sound, 480);

  g_assert_cmpfloat (get_share (&watch, 10 * SECOND, 12 * SECOND), ==, 1);
  g_assert_cmpfloat (get_share (&watch, 13 * SECOND, 14 * SECOND), ==, 0);
  g_assert_cmpfloat (get_share (&watch, 15 * SECOND, 17 * SECOND), ==, 1);
}

/* Tones follow each other without a gap. */
static void
test_longest (void)
{
  g_autoptr (Sound) sound = sound_new_silence (50 * SECOND);
  g_auto (Watch) watch;

  for (gsize i = 0; i < sound->n; i++)
    sound->samples[i] = 0.3 * sin (2 * G_PI * (200 + i / SECOND * 220 % 1500) * i / CAP_AUDIO_RATE);
  watch_init (&watch);
  watch_sound (&watch, sound, 480);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (get_range (&watch, i)->why, ==, CAP_GATE_LENGTH);
      g_assert_cmpuint (get_range (&watch, i)->end, ==, get_range (&watch, i + 1)->begin);
    }
  g_assert_cmpfloat (get_share (&watch, 0, sound->n), ==, 1);
}

/* The pauses between the phrases are too short to end an utterance. */
static void
test_long_speech (void)
{
  const gsize period = CAP_AUDIO_MS (1500), pause = CAP_AUDIO_MS (250);
  g_autoptr (Sound) voice = sound_new_voice (period - pause, 3);
  g_autoptr (Sound) sound = sound_new_silence (40 * period);
  g_auto (Watch) watch;

  for (gsize i = 0; i < 40; i++)
    sound_add (sound, i * period, voice, 0);
  watch_init (&watch);
  watch_sound (&watch, sound, 480);

  for (guint i = 0; i + 1 < watch.ranges->len; i++)
    {
      const Range *range = get_range (&watch, i);

      g_assert_cmpint (range->why, ==, CAP_GATE_PAUSE);
      g_assert_cmpuint (range->end - range->begin, >, 8 * SECOND);
      g_assert_cmpuint (range->end % period, >=, period - pause);
      g_assert_cmpuint (get_range (&watch, i + 1)->begin % period, >=, period - pause);
    }
}

static void
test_chunking (void)
{
  const gsize pieces[] = { 1, 7, 240, 241, 4800, 20 * SECOND, 0, 0, 0 };
  g_autoptr (Sound) sound = sound_new_voice (20 * SECOND, 2);
  g_autoptr (Sound) noise = sound_new_pink (20 * SECOND, 2);
  g_auto (Watch) reference;

  sound_add (sound, 0, noise, -30);
  watch_init (&reference);
  watch_sound (&reference, sound, 480);
  g_assert_cmpuint (reference.ranges->len, >, 5);

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_auto (Watch) watch;

      watch_init (&watch);
      watch_sound (&watch, sound, pieces[i]);
      g_assert_cmpuint (watch.ranges->len, ==, reference.ranges->len);
      for (guint k = 0; k < reference.ranges->len; k++)
        {
          g_assert_cmpuint (get_range (&watch, k)->begin, ==, get_range (&reference, k)->begin);
          g_assert_cmpuint (get_range (&watch, k)->end, ==, get_range (&reference, k)->end);
          g_assert_cmpint (get_range (&watch, k)->why, ==, get_range (&reference, k)->why);
        }
    }
}

static void
test_flush (void)
{
  g_autoptr (Sound) voice = sound_new_voice (2 * SECOND, 1);
  g_autofree gint16 *pcm = sound_to_pcm (voice);
  g_auto (Watch) watch;

  watch_init (&watch);
  cap_gate_flush (watch.gate);
  watch_feed (&watch, pcm, SECOND + 100);
  cap_gate_flush (watch.gate);
  g_assert_cmpuint (get_range (&watch, 0)->end, ==, SECOND + 100);
  g_assert_cmpint (get_range (&watch, 0)->why, ==, CAP_GATE_FLUSH);
  g_assert_cmpuint (cap_gate_get_decided (watch.gate), ==, SECOND + 100);

  /* Speech that a flush cuts continues in a range from there on. */
  watch_feed (&watch, pcm + SECOND + 100, SECOND - 100);
  cap_gate_flush (watch.gate);
  g_assert_cmpuint (get_range (&watch, 1)->begin, ==, SECOND + 100);
  g_assert_cmpuint (watch.ranges->len, ==, 2);
}

/* Feeds arbitrary sound and flushes at random; the watch checks the promises. */
static void
test_random (void)
{
  g_auto (Watch) watch;
  gint16 samples[5000];

  watch_init (&watch);
  for (guint i = 0; i < 500; i++)
    {
      gsize n = g_test_rand_int_range (0, G_N_ELEMENTS (samples));
      int loud = 1 << g_test_rand_int_range (0, 16);

      for (gsize k = 0; k < n; k++)
        samples[k] = CLAMP (g_test_rand_int_range (-loud, loud), G_MININT16, G_MAXINT16);
      watch_feed (&watch, samples, n);
      if (g_test_rand_int_range (0, 20) == 0)
        cap_gate_flush (watch.gate);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gate/silence is not speech", test_silence);
  g_test_add_func ("/gate/dither is not speech", test_dither);
  g_test_add_func ("/gate/clicks are not speech", test_clicks);
  g_test_add_func ("/gate/the first word of a stream is heard", test_first_word);
  g_test_add_func ("/gate/the first syllable is whole", test_first_syllable);
  g_test_add_func ("/gate/steady noise becomes background", test_steady_noise);
  g_test_add_func ("/gate/a quiet voice is heard after loud music", test_level_jump);
  g_test_add_func ("/gate/no range exceeds the longest length", test_longest);
  g_test_add_func ("/gate/long speech is cut in its pauses", test_long_speech);
  g_test_add_func ("/gate/marks do not depend on the size of pieces", test_chunking);
  g_test_add_func ("/gate/a flush ends an open range", test_flush);
  g_test_add_func ("/gate/promises hold for random sound", test_random);
  return g_test_run ();
}
