/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Tests the decoder that other tests rely on: it must find every word, and notice each
 * loss or repetition of 200 ms. */

#include "speech/gate.h"
#include "tools/words.h"

#include <math.h>
#include <speex/speex_resampler.h>
#include <string.h>
#include <time.h>

#define RATE CAP_AUDIO_RATE
#define MS (RATE / 1000)
#define LOSS (200 * MS)

static const WordsPlan sentences = { RATE, 5, 1, 240, 0.5, 3, 12, 0.7, 3 };
static const WordsPlan uninterrupted = { RATE, 6, 70000, 60, 0.5, 0, 0, 0, 0 };

/* decoding */

typedef struct
{
  gint number;
  guint64 begin, end;
} Heard;

static void
on_word (gint number, guint64 begin, guint64 end, gpointer user_data)
{
  Heard heard = { number, begin, end };

  g_array_append_val ((GArray *) user_data, heard);
}

/* Decodes @samples in pieces of @piece frames (element-type Heard). */
static GArray *
hear (const gint16 *samples, gsize n, guint rate, gsize piece)
{
  GArray *heard = g_array_new (FALSE, FALSE, sizeof (Heard));
  g_autoptr (Words) words = words_new (rate, on_word, heard);

  for (gsize at = 0; at < n; at += piece)
    words_feed (words, samples + at, MIN (piece, n - at));
  words_end (words);

  return heard;
}

static GArray *
hear_array (GArray *samples, guint rate)
{
  return hear ((const gint16 *) samples->data, samples->len, rate, rate / 10);
}

static gboolean
are_equal (GArray *said, GArray *heard)
{
  if (said->len != heard->len)
    return FALSE;
  for (guint i = 0; i < said->len; i++)
    if ((gint) g_array_index (said, WordsSaid, i).number != g_array_index (heard, Heard, i).number)
      return FALSE;
  return TRUE;
}

/* Ramps and resamplers blur the edges of a word. */
static void
assert_near (guint64 a, guint64 b, guint rate)
{
  g_assert_cmpint (ABS ((gint64) (a - b)), <=, rate / 1000 * 8);
}

static void
assert_heard (GArray *said, GArray *heard, guint rate)
{
  g_assert_cmpuint (said->len, >, 0);
  for (guint i = 0; i < MIN (said->len, heard->len); i++)
    {
      const WordsSaid *word = &g_array_index (said, WordsSaid, i);
      const Heard *other = &g_array_index (heard, Heard, i);

      g_assert_cmpint (word->number, ==, other->number);
      assert_near (word->begin, other->begin, rate);
      assert_near (word->end, other->end, rate);
    }
  g_assert_cmpuint (said->len, ==, heard->len);
}

/* the code */

static void
test_numbers (void)
{
  static const guint rates[] = { 16000, 24000, 48000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    for (guint32 number = 0; number < WORDS_COUNT; number += number % 7 == 0 ? 1 : 4093)
      {
        gint16 sound[48000 / 2] = { 0 };
        g_autoptr (GArray) heard = NULL;

        words_add (sound, rates[i], number);
        heard = hear (sound, words_get_length (rates[i]), rates[i], 100);
        g_assert_cmpuint (heard->len, ==, 1);
        g_assert_cmpint (g_array_index (heard, Heard, 0).number, ==, number);
      }
}

static void
test_speech (void)
{
  static const guint rates[] = { 16000, 24000, 48000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    for (guint endless = 0; endless < 2; endless++)
      {
        WordsPlan plan = endless ? uninterrupted : sentences;
        g_autoptr (GArray) said = NULL;
        g_autoptr (GArray) samples = NULL;
        g_autoptr (GArray) heard = NULL;

        plan.rate = rates[i];
        plan.seconds = 30;
        samples = words_compose (&plan, &said);
        heard = hear_array (samples, plan.rate);
        assert_heard (said, heard, plan.rate);
        for (guint j = 1; j < said->len; j++)
          g_assert_cmpuint (g_array_index (said, WordsSaid, j).number, ==,
                            g_array_index (said, WordsSaid, j - 1).number + 1);
      }
}

static GArray *
compose_short (GArray **said)
{
  WordsPlan plan = uninterrupted;

  plan.seconds = 6;
  return words_compose (&plan, said);
}

static void
test_pieces (void)
{
  static const gsize pieces[] = { 1, 7, 47, 48, 49, 2400, 6 * RATE };
  g_autoptr (GArray) said = NULL;
  g_autoptr (GArray) samples = compose_short (&said);

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GArray) heard = hear ((gint16 *) samples->data, samples->len, RATE, pieces[i]);

      assert_heard (said, heard, RATE);
    }
}

/* changes of sound on its way */

static void
test_levels (void)
{
  g_autoptr (GArray) said = NULL;
  g_autoptr (GArray) samples = compose_short (&said);

  for (int db = 0; db >= -30; db -= 3)
    {
      g_autoptr (GArray) quieter = g_array_copy (samples);
      g_autoptr (GArray) heard = NULL;

      for (guint i = 0; i < quieter->len; i++)
        g_array_index (quieter, gint16, i) = lrint (g_array_index (samples, gint16, i) * pow (10, db / 20.));
      heard = hear_array (quieter, RATE);
      assert_heard (said, heard, RATE);
    }
}

static GArray *
resample (GArray *samples, guint from, guint to, int quality)
{
  SpeexResamplerState *resampler = speex_resampler_init (1, from, to, quality, NULL);
  GArray *out = g_array_new (FALSE, TRUE, sizeof (gint16));
  spx_uint32_t n_in = samples->len, n_out = (guint64) samples->len * to / from;

  g_array_set_size (out, n_out);
  speex_resampler_skip_zeros (resampler);
  speex_resampler_process_int (resampler, 0, (gint16 *) samples->data, &n_in, (gint16 *) out->data, &n_out);
  speex_resampler_destroy (resampler);
  g_array_set_size (out, n_out);

  return out;
}

static void
test_resampling (void)
{
  static const guint rates[] = { 16000, 44100, 48000 };
  g_autoptr (GArray) said = NULL;
  g_autoptr (GArray) samples = compose_short (&said);

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    for (int quality = 3; quality <= 10; quality += 7)
      {
        g_autoptr (GArray) there = resample (samples, RATE, rates[i], quality);
        g_autoptr (GArray) back = resample (there, rates[i], RATE, quality);
        g_autoptr (GArray) heard = hear_array (back, RATE);

        assert_heard (said, heard, RATE);
      }
}

/* invalid words */

/* Decodes a word without its first @before and its last @after frames. */
static gint
hear_part (guint before, guint after)
{
  gint16 sound[RATE] = { 0 };
  g_autoptr (GArray) heard = NULL;

  words_add (sound, RATE, 12345);
  heard = hear (sound + before, words_get_length (RATE) - before - after, RATE, 2400);
  g_assert_cmpuint (heard->len, ==, 1);
  return g_array_index (heard, Heard, 0).number;
}

static void
test_parts (void)
{
  for (guint ms = 20; ms < 400; ms += 3)
    {
      g_assert_cmpint (hear_part (ms * MS, 0), ==, -1);
      g_assert_cmpint (hear_part (0, ms * MS), ==, -1);
    }
  g_assert_cmpint (hear_part (0, 0), ==, 12345);
}

static void
test_other_sound (void)
{
  gint16 sound[2 * RATE] = { 0 };
  g_autoptr (GArray) silent = hear (sound, G_N_ELEMENTS (sound), RATE, 2400);
  g_autoptr (GArray) long_tone = NULL;
  g_autoptr (GArray) short_tone = NULL;

  g_assert_cmpuint (silent->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (sound); i++)
    sound[i] = lrint (10000 * sin (2 * G_PI * 500 * i / RATE));
  long_tone = hear (sound, G_N_ELEMENTS (sound), RATE, 2400);
  g_assert_cmpuint (long_tone->len, ==, 1);
  g_assert_cmpint (g_array_index (long_tone, Heard, 0).number, ==, -1);
  short_tone = hear (sound, words_get_length (RATE), RATE, 2400);
  g_assert_cmpuint (short_tone->len, ==, 1);
  g_assert_cmpint (g_array_index (short_tone, Heard, 0).number, ==, -1);
}

/* Joins three symbols of one word and the rest of another: the result has the length of a
 * word, and each symbol is whole. The checksum may accept it, but only as a third word. */
static void
test_splices (void)
{
  guint n_garbled = 0;

  for (guint number = 1; number < 200; number++)
    {
      gint16 sound[RATE] = { 0 }, other[RATE] = { 0 };
      guint part = words_get_length (RATE) / 7 * 3;
      g_autoptr (GArray) heard = NULL;

      words_add (sound, RATE, number);
      words_add (other, RATE, number + 1);
      memcpy (sound + part, other + part, (words_get_length (RATE) - part) * sizeof (gint16));
      heard = hear (sound, words_get_length (RATE), RATE, 2400);
      g_assert_cmpuint (heard->len, ==, 1);
      n_garbled += g_array_index (heard, Heard, 0).number == -1;
      g_assert_cmpint (g_array_index (heard, Heard, 0).number, !=, number);
      g_assert_cmpint (g_array_index (heard, Heard, 0).number, !=, number + 1);
    }
  g_assert_cmpuint (n_garbled, >, 150);
}

/* cuts and repeats */

/* Returns the samples with @n of them removed or repeated at @at. */
static GArray *
damage (GArray *samples, guint at, guint n, gboolean repeat)
{
  GArray *damaged = g_array_sized_new (FALSE, FALSE, sizeof (gint16), samples->len + n);

  guint end = repeat ? at + n : at;
  guint again = repeat ? at : at + n;

  g_array_append_vals (damaged, samples->data, end);
  g_array_append_vals (damaged, (gint16 *) samples->data + again, samples->len - again);
  return damaged;
}

/* Covers a little more than a word and its gap, about every millisecond. */
static void
test_damage (gconstpointer user_data)
{
  gboolean repeat = GPOINTER_TO_INT (user_data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  guint n_places = 0, n_noticed = 0;
  WordsPlan plan = uninterrupted;

  plan.seconds = 2.6;
  for (guint at = 1000 * MS; at < 1600 * MS; at += 1 + g_rand_int_range (rand, 0, 2 * MS))
    {
      g_autoptr (GArray) said = NULL;
      g_autoptr (GArray) samples = NULL;
      g_autoptr (GArray) damaged = NULL;
      g_autoptr (GArray) heard = NULL;

      plan.seed = plan.first = at;
      samples = words_compose (&plan, &said);
      damaged = damage (samples, at, LOSS, repeat);
      heard = hear_array (damaged, RATE);
      n_places++;
      n_noticed += !are_equal (said, heard);
    }
  g_test_message ("200 ms %s, noticed at %u of %u places", repeat ? "repeated" : "cut out", n_noticed,
                  n_places);
  g_assert_cmpuint (n_places, >, 500);
  g_assert_cmpuint (n_noticed, ==, n_places);
}

/* A cut inside a gap does no harm, which shows what the tests above would have missed. */
static void
test_no_damage (void)
{
  g_autoptr (GArray) said = NULL;
  g_autoptr (GArray) samples = compose_short (&said);
  guint64 end = g_array_index (said, WordsSaid, 2).end;
  g_autoptr (GArray) damaged = damage (samples, end + 10 * MS, 50 * MS, FALSE);
  g_autoptr (GArray) heard = hear_array (damaged, RATE);

  g_assert_true (are_equal (said, heard));
}

/* the gate */

typedef struct
{
  GArray *samples, *said, *heard;
  guint64 begin;
  guint n_whole, n_ranges, n_lengths;
  guint deepest; /* most frames of a word on the wrong side of a cut */
} Marks;

/* Decodes a range on its own, as an engine does. */
static void
hear_range (Marks *marks, guint64 end)
{
  const gint16 *samples = (gint16 *) marks->samples->data;
  g_autoptr (GArray) heard = hear (samples + marks->begin, end - marks->begin, RATE, 2400);

  for (guint i = 0; i < heard->len; i++)
    {
      Heard word = g_array_index (heard, Heard, i);

      word.begin += marks->begin;
      word.end += marks->begin;
      g_array_append_val (marks->heard, word);
    }
}

static void
on_speech_begins (CapGate *gate, guint64 position, Marks *marks)
{
  marks->begin = position;
}

static void
on_speech_ends (CapGate *gate, guint64 position, CapGateEnd why, Marks *marks)
{
  marks->n_ranges++;
  marks->n_lengths += why == CAP_GATE_LENGTH;
  hear_range (marks, position);
  for (guint i = 0; i < marks->said->len; i++)
    {
      const WordsSaid *word = &g_array_index (marks->said, WordsSaid, i);

      marks->n_whole += word->begin >= marks->begin && word->end <= position;
      if (word->begin < position && position < word->end)
        marks->deepest = MAX (marks->deepest, MIN (position - word->begin, word->end - position));
    }
}

/* Divides the speech of @plan with the gate. Counts a word as whole if a range contains
 * all of it. Asserts that the decoder finds every word that was said. */
static Marks
run_gate (const WordsPlan *plan, int db, guint *n_said)
{
  g_autoptr (CapGate) gate = cap_gate_new ();
  g_autoptr (GArray) said = NULL;
  g_autoptr (GArray) samples = words_compose (plan, &said);
  g_autoptr (GArray) heard = g_array_new (FALSE, FALSE, sizeof (Heard));
  Marks marks = { samples, said, heard };

  for (guint i = 0; i < samples->len; i++)
    g_array_index (samples, gint16, i) = lrint (g_array_index (samples, gint16, i) * pow (10, db / 20.));
  g_signal_connect (gate, "speech-begins", G_CALLBACK (on_speech_begins), &marks);
  g_signal_connect (gate, "speech-ends", G_CALLBACK (on_speech_ends), &marks);
  cap_gate_feed (gate, (gint16 *) samples->data, samples->len);
  cap_gate_flush (gate);
  *n_said = said->len;
  assert_heard (said, heard, RATE);

  return marks;
}

static void
test_gate (void)
{
  for (int db = 0; db >= -30; db -= 30)
    {
      guint n_said;
      Marks marks = run_gate (&sentences, db, &n_said);

      g_test_message ("%3d dB: %u of %u words whole in %u ranges", db, marks.n_whole, n_said, marks.n_ranges);
      g_assert_cmpuint (n_said, >, 250);
      g_assert_cmpuint (marks.n_ranges, >, 30);
      g_assert_cmpuint (marks.n_whole, ==, n_said);
    }
}

static void
test_gate_cuts (void)
{
  WordsPlan plan = uninterrupted;

  for (plan.seed = 1; plan.seed <= 6; plan.seed++)
    {
      guint n_said;
      Marks marks = run_gate (&plan, 0, &n_said);

      g_test_message ("without pauses: %u of %u words whole in %u ranges, %u ended by length, "
                      "a cut reaches %.1f ms into a word", marks.n_whole, n_said, marks.n_ranges,
                      marks.n_lengths, (double) marks.deepest / MS);
      g_assert_cmpuint (marks.n_ranges, >=, 4);
      /* A dip in the level ends in the block in which the next word softly begins. */
      g_assert_cmpuint (marks.deepest, <=, 5 * MS);
    }
}

/* Only prints a figure; the test sets no limit. */
static void
test_cost (void)
{
  g_autoptr (GArray) said = NULL;
  g_autoptr (GArray) samples = words_compose (&uninterrupted, &said);
  g_autoptr (GArray) heard = NULL;
  clock_t begin = clock ();

  heard = hear_array (samples, RATE);
  g_test_message ("%.0f times real time", uninterrupted.seconds * CLOCKS_PER_SEC / MAX (clock () - begin, 1));
  assert_heard (said, heard, RATE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/every number is decoded", test_numbers);
  g_test_add_func ("/words/words are decoded in order and on time", test_speech);
  g_test_add_func ("/words/pieces of any length", test_pieces);
  g_test_add_func ("/words/levels", test_levels);
  g_test_add_func ("/words/resampling", test_resampling);
  g_test_add_func ("/words/a part is garbled", test_parts);
  g_test_add_func ("/words/other sound is garbled", test_other_sound);
  g_test_add_func ("/words/two joined halves are not taken for either word", test_splices);
  g_test_add_data_func ("/words/200 ms cut out are noticed", GINT_TO_POINTER (FALSE), test_damage);
  g_test_add_data_func ("/words/200 ms repeated are noticed", GINT_TO_POINTER (TRUE), test_damage);
  g_test_add_func ("/words/a shorter gap does no harm", test_no_damage);
  g_test_add_func ("/words/the gate marks every word", test_gate);
  g_test_add_func ("/words/the gate cuts between words", test_gate_cuts);
  g_test_add_func ("/words/cost", test_cost);
  return g_test_run ();
}
