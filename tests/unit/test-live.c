/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "live/live.h"

#include "common/token-words.h"

#include <math.h>
#include <string.h>

#define CHUNK (CAP_LIVE_RATE / 10)
#define WORD_LENGTH 0.3 /* seconds; a word begins every WORD_STEP */
#define WORD_STEP 0.4

/* A decoder that knows what is said: word N at N * WORD_STEP, N counted from 0. The audio
 * tells it where it is, because each sample is the number of its chunk. */
typedef struct
{
  CapLive *live;
  const char *invention;  /* what it says instead, or NULL */
  double no_speech, log_probability;
  double cost;            /* seconds for each second of audio */
  gboolean loops;         /* repeats itself unless the effort is full */

  GPtrArray *efforts;     /* CapEffort */
  double longest;         /* seconds of audio in one call */
  double busy;            /* seconds of all calls */
  char *prompt;           /* of the last call */

  /* what arrives */
  guint n_partials;
  guint64 utterance, final_end;
  char *settled;          /* of the current utterance */
  GString *text;          /* all final text */
} Scene;

/* the decoder */

static CapTokenWord *
make_word (const char *text, double begin, double duration)
{
  CapTokenWord *word = g_new0 (CapTokenWord, 1);

  word->text = g_strdup (text);
  word->spaced = TRUE;
  word->begin = MIN (begin, duration);
  word->last = MIN (begin + WORD_LENGTH / 2, duration);
  word->end = MIN (begin + WORD_LENGTH, duration);
  word->probability = 0.9;
  return word;
}

static void
word_free (gpointer data)
{
  g_free (((CapTokenWord *) data)->text);
  g_free (data);
}

static void
invent (GPtrArray *words, const char *text, double seconds)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    g_ptr_array_add (words, make_word (parts[i], 0.1 * i, seconds));
}

/* A word that has only begun is misheard; every eighth ends a sentence. */
static void
listen (GPtrArray *words, double from, double seconds)
{
  for (guint n = ceil (MAX (from - WORD_LENGTH / 2, 0) / WORD_STEP - 1e-6); n * WORD_STEP < from + seconds - 1e-6; n++)
    {
      double begin = n * WORD_STEP - from;
      gboolean whole = begin + WORD_LENGTH <= seconds + 1e-6;
      g_autofree char *text = g_strdup_printf ("%s%u%s", whole ? "w" : "half", n, n % 8 == 7 && whole ? "." : "");

      g_ptr_array_add (words, make_word (text, MAX (begin, 0), seconds));
    }
}

static CapDecoded *
decode (gpointer decoder, const float *samples, gsize n_frames, CapEffort effort, const char *prompt,
        const char *language)
{
  Scene *scene = decoder;
  CapDecoded *decoded = cap_decoded_new ();
  double seconds = (double) n_frames / CAP_LIVE_RATE;

  decoded->words = g_ptr_array_new_with_free_func (word_free);
  decoded->no_speech = scene->no_speech;
  decoded->log_probability = scene->log_probability;
  decoded->took = scene->cost * seconds;
  decoded->language = g_strdup ("en");
  if (scene->invention != NULL)
    invent (decoded->words, scene->invention, seconds);
  else if (scene->loops && effort != CAP_EFFORT_FULL)
    invent (decoded->words, "you know you know you know you know", seconds);
  else
    listen (decoded->words, (double) samples[0] / CAP_LIVE_RATE, seconds);
  decoded->n_tokens = decoded->words->len;

  g_ptr_array_add (scene->efforts, GINT_TO_POINTER (effort));
  scene->longest = MAX (scene->longest, seconds);
  scene->busy += decoded->took;
  g_free (scene->prompt);
  scene->prompt = g_strdup (prompt);
  return decoded;
}

static void
forget (gpointer decoder)
{
}

/* the listener */

/* Checks the contract, and that settled text never changes. */
static void
on_recognised (const CapRecognised *recognised, gpointer user_data)
{
  Scene *scene = user_data;
  g_autoptr (GVariant) words = recognised->words != NULL ? g_variant_ref (recognised->words) : NULL;

  g_assert_cmpuint (recognised->utterance, >=, scene->utterance);
  g_assert_cmpuint (recognised->begin, >=, scene->final_end);
  g_assert_cmpuint (recognised->end, >=, recognised->begin);
  if (recognised->utterance > scene->utterance)
    g_clear_pointer (&scene->settled, g_free);
  scene->utterance = recognised->utterance;

  if (scene->settled != NULL)
    g_assert_true (g_str_has_prefix (recognised->text, scene->settled));
  g_free (scene->settled);
  scene->settled = g_utf8_substring (recognised->text, 0, recognised->settled);
  if (!recognised->final)
    {
      scene->n_partials++;
      return;
    }

  scene->utterance++;
  scene->final_end = recognised->end;
  g_clear_pointer (&scene->settled, g_free);
  if (*recognised->text != '\0')
    g_string_append_printf (scene->text, "%s ", recognised->text);
}

static void
scene_open (Scene *scene)
{
  static const CapLiveFuncs funcs = { decode, forget };

  scene->text = g_string_new (NULL);
  scene->efforts = g_ptr_array_new ();
  scene->live = cap_live_new (&funcs, scene, on_recognised, scene);
}

static void
scene_close (Scene *scene)
{
  cap_live_free (scene->live);
  g_string_free (scene->text, TRUE);
  g_ptr_array_unref (scene->efforts);
  g_free (scene->settled);
  g_free (scene->prompt);
}

/* Each sample is its position; floats are exact for the first quarter of an hour. */
static void
speak (Scene *scene, double from, double seconds)
{
  guint64 position = lround (from * CAP_LIVE_RATE), end = lround ((from + seconds) * CAP_LIVE_RATE);

  cap_live_begin (scene->live, position);
  for (; position < end; position += CHUNK)
    {
      float samples[CHUNK];

      for (guint i = 0; i < CHUNK; i++)
        samples[i] = position + i;
      cap_live_feed (scene->live, position, samples, CHUNK);
    }
}

static void
speak_and_end (Scene *scene, double from, double seconds)
{
  speak (scene, from, seconds);
  cap_live_end (scene->live, (from + seconds) * CAP_LIVE_RATE, FALSE);
}

/* Checks that each word was written once, in order. */
static void
check_words (Scene *scene, guint n)
{
  g_auto (GStrv) words = g_strsplit (g_strchomp (scene->text->str), " ", -1);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *expected = g_strdup_printf ("w%u%s", i, i % 8 == 7 ? "." : "");

      g_assert_cmpstr (words[i], ==, expected);
    }
  g_assert_null (words[n]);
}

static gboolean
has_effort (Scene *scene, CapEffort effort)
{
  return g_ptr_array_find (scene->efforts, GINT_TO_POINTER (effort), NULL);
}

/* tests */

static void
test_words_are_settled (void)
{
  Scene scene = { .log_probability = -0.2 };

  scene_open (&scene);
  speak (&scene, 0, 4);
  g_assert_cmpuint (scene.n_partials, ==, 5); /* every 0.7 s */
  g_assert_cmpstr (scene.settled, ==, "w0 w1 w2");
  cap_live_end (scene.live, 4 * CAP_LIVE_RATE, FALSE);
  check_words (&scene, 10);
  g_assert_cmpuint (scene.utterance, ==, 2);
  scene_close (&scene);
}

/* Audio is dropped at the end of a sentence; only then, the model gets a prompt. */
static void
test_long_audio_is_dropped (void)
{
  Scene scene = { .log_probability = -0.2 };

  scene_open (&scene);
  speak (&scene, 0, 7);
  g_assert_null (scene.prompt);
  speak (&scene, 7, 12.2);
  cap_live_end (scene.live, 19.2 * CAP_LIVE_RATE, FALSE);
  g_assert_cmpuint (scene.utterance, ==, 2);
  g_assert_cmpfloat (scene.longest, <, 9);
  g_assert_true (g_str_has_suffix (scene.prompt, "."));
  check_words (&scene, 48);
  scene_close (&scene);
}

static void
test_endless_speech (void)
{
  Scene scene = { .log_probability = -0.2 };

  scene_open (&scene);
  speak_and_end (&scene, 0, 120);
  g_assert_cmpuint (scene.utterance, >=, 6);
  g_assert_cmpfloat (scene.longest, <, 14);
  check_words (&scene, 300);
  scene_close (&scene);
}

/* captiond ends an utterance although somebody speaks. */
static void
test_cut_speech (void)
{
  Scene scene = { .log_probability = -0.2 };

  scene_open (&scene);
  for (guint i = 0; i < 10; i++)
    {
      speak (&scene, 15 * i, 15);
      cap_live_end (scene.live, 15 * (i + 1) * CAP_LIVE_RATE, TRUE);
    }
  cap_live_finish (scene.live);
  check_words (&scene, 375);
  scene_close (&scene);
}

static void
test_utterances_with_pauses (void)
{
  Scene scene = { .log_probability = -0.2 };

  scene_open (&scene);
  speak_and_end (&scene, 0, 4);
  speak_and_end (&scene, 4, 4);
  speak_and_end (&scene, 8, 8);
  check_words (&scene, 40);
  g_assert_cmpuint (scene.utterance, ==, 4);
  scene_close (&scene);
}

/* An hour of noises that open the gate, for which the model invents text. */
static void
test_an_hour_of_nothing (void)
{
  static const char *const inventions[] = { "Thank you.", "Thanks for watching! Bye.", "you", "(music) (music)" };
  static const char *const loops[] = { "no no no no no no no no no no", "I'm sorry. I'm sorry. I'm sorry. I'm sorry." };

  for (guint i = 0; i < G_N_ELEMENTS (inventions) + G_N_ELEMENTS (loops); i++)
    {
      gboolean loop = i >= G_N_ELEMENTS (inventions);
      Scene scene = { .invention = loop ? loops[i - G_N_ELEMENTS (inventions)] : inventions[i],
                      .no_speech = loop ? 0 : 0.8, .log_probability = loop ? -0.1 : -1 };

      scene_open (&scene);
      for (guint second = 0; second < 600; second += 30)
        {
          speak_and_end (&scene, second, 2);
          speak_and_end (&scene, second + 4, 25);
        }
      g_assert_cmpstr (scene.text->str, ==, "");
      g_assert_cmpuint (scene.n_partials, ==, 0);
      scene_close (&scene);
    }
}

/* A loop is never shown, and the final text is decoded without a shortcut. */
static void
test_loops_are_decoded_again (void)
{
  Scene scene = { .log_probability = -0.2, .loops = TRUE };

  scene_open (&scene);
  speak_and_end (&scene, 0, 4);
  g_assert_cmpuint (scene.n_partials, ==, 0);
  g_assert_true (has_effort (&scene, CAP_EFFORT_FULL));
  check_words (&scene, 10);
  scene_close (&scene);
}

/* If the last decoding is a loop too, the last good text counts. */
static void
test_a_loop_at_the_end (void)
{
  Scene scene = { .log_probability = -0.2 };

  scene_open (&scene);
  speak (&scene, 0, 2.8);
  scene.invention = "you know you know you know you know";
  cap_live_end (scene.live, 2.8 * CAP_LIVE_RATE, FALSE);
  check_words (&scene, 7);
  scene_close (&scene);
}

/* Speaks for @seconds while a decoding takes @cost seconds for each second of audio.
 * Returns the longest delay between audio and the end of its processing. */
static double
measure_delay (Scene *scene, double seconds)
{
  double clock = 0, longest = 0;

  for (guint chunk = 0; chunk < seconds * 10; chunk++)
    {
      double before = scene->busy, time = chunk / 10.0;

      clock = MAX (clock, time + 0.1);
      speak (scene, time, 0.1);
      clock += scene->busy - before;
      longest = MAX (longest, clock - time - 0.1);
    }
  return longest;
}

static void
test_slow_decoders (void)
{
  static const double costs[] = { 0.01, 0.1, 0.3, 0.6 };
  guint before = G_MAXUINT;

  for (guint i = 0; i < G_N_ELEMENTS (costs); i++)
    {
      Scene scene = { .log_probability = -0.2, .cost = costs[i] };
      double early, late;

      scene_open (&scene);
      early = measure_delay (&scene, 30);
      cap_live_finish (scene.live);
      g_assert_cmpuint (scene.n_partials, <=, before);
      before = scene.n_partials;
      scene_close (&scene);

      scene = (Scene){ .log_probability = -0.2, .cost = costs[i] };
      scene_open (&scene);
      late = measure_delay (&scene, 300);
      cap_live_finish (scene.live);
      check_words (&scene, 750);
      scene_close (&scene);

      /* Ten times as much speech has no longer delay. */
      g_test_message ("cost %.2f: %u partials, delay %.1f s, later %.1f s", costs[i], before, early, late);
      g_assert_cmpfloat (late, <=, early + 2);
    }
  g_assert_cmpuint (before, <, 30);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live/words-are-settled", test_words_are_settled);
  g_test_add_func ("/live/long-audio-is-dropped", test_long_audio_is_dropped);
  g_test_add_func ("/live/endless-speech", test_endless_speech);
  g_test_add_func ("/live/cut-speech", test_cut_speech);
  g_test_add_func ("/live/utterances-with-pauses", test_utterances_with_pauses);
  g_test_add_func ("/live/an-hour-of-nothing", test_an_hour_of_nothing);
  g_test_add_func ("/live/loops-are-decoded-again", test_loops_are_decoded_again);
  g_test_add_func ("/live/a-loop-at-the-end", test_a_loop_at_the_end);
  g_test_add_func ("/live/slow-decoders", test_slow_decoders);
  return g_test_run ();
}
