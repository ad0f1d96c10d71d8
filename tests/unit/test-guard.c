/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "live/guard.h"

#include "common/token-words.h"

static CapVerdict
judge (const char *text, double seconds, guint n_tokens, double no_speech, double log_probability, gboolean strict)
{
  g_autoptr (GPtrArray) words = cap_token_words_new (&(CapTokens){ .text = text, .duration = seconds });

  return cap_guard_judge (&(CapClaim){ words, n_tokens, seconds, no_speech, log_probability }, strict);
}

/* Judges text that the model is sure of. */
static CapVerdict
hear (const char *text, double seconds, gboolean strict)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  return judge (text, seconds, g_strv_length (words), 0, -0.2, strict);
}

static void
test_speech_passes (void)
{
  g_assert_cmpint (hear ("Ask not what your country can do for you, ask what you can do for your country.", 6, TRUE),
                   ==, CAP_VERDICT_SPEECH);
  g_assert_cmpint (hear ("No, no, no, no.", 1.5, FALSE), ==, CAP_VERDICT_SPEECH);
  g_assert_cmpint (hear ("It is very, very good.", 2, TRUE), ==, CAP_VERDICT_SPEECH);
  /* An unsure model does not know that nobody speaks, nor the other way round. */
  g_assert_cmpint (judge ("Thank you.", 1, 3, 0.1, -1.0, TRUE), ==, CAP_VERDICT_SPEECH);
  g_assert_cmpint (judge ("Thank you.", 1, 3, 0.9, -0.3, TRUE), ==, CAP_VERDICT_SPEECH);
}

static void
test_inventions (void)
{
  g_assert_cmpint (judge ("Thank you.", 1, 3, 0.9, -1.1, TRUE), ==, CAP_VERDICT_NOTHING);
  g_assert_cmpint (judge ("Thank you.", 1, 3, 0.1, -1.9, FALSE), ==, CAP_VERDICT_NOTHING);
  g_assert_cmpint (hear ("", 1, TRUE), ==, CAP_VERDICT_NOTHING);
}

static void
test_loops (void)
{
  const char *twice = "And so my fellow Americans. And so my fellow Americans.";

  g_assert_cmpint (hear ("so so so so so so so so", 4, FALSE), ==, CAP_VERDICT_LOOP);
  g_assert_cmpint (hear ("he was ill-disposed. The The The The", 6, TRUE), ==, CAP_VERDICT_LOOP);
  g_assert_cmpint (hear ("well you know you know you know you know", 9, FALSE), ==, CAP_VERDICT_LOOP);
  g_assert_cmpint (hear (twice, 9, TRUE), ==, CAP_VERDICT_LOOP);
  g_assert_cmpint (hear (twice, 9, FALSE), ==, CAP_VERDICT_SPEECH);
}

static void
check_trim (const char *text, guint n_words)
{
  g_autoptr (GPtrArray) words = cap_token_words_new (&(CapTokens){ .text = text, .duration = 6 });

  cap_guard_trim (words);
  g_assert_cmpuint (words->len, ==, n_words);
}

/* The sentence before a loop is good. */
static void
test_loops_after_a_sentence (void)
{
  check_trim ("He was ill-disposed. The The The The The", 3);
  check_trim ("He said no, no, no, no, no", 7);
  check_trim ("No, no, no, no.", 4);
  check_trim ("", 0);
}

/* Nobody says so much in a second; but an alphabet may take a token for each character. */
static void
test_speed (void)
{
  const char *text = "Seventeen thousand different words were never spoken by anybody in so little time";

  g_assert_cmpint (judge (text, 1, 30, 0, -0.2, FALSE), ==, CAP_VERDICT_LOOP);
  g_assert_cmpint (judge (text, 5, 30, 0, -0.2, FALSE), ==, CAP_VERDICT_SPEECH);
  g_assert_cmpint (judge ("การพูดภาษาไทยในวันนี้", 1.5, 40, 0, -0.2, FALSE), ==, CAP_VERDICT_SPEECH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guard/speech-passes", test_speech_passes);
  g_test_add_func ("/guard/inventions", test_inventions);
  g_test_add_func ("/guard/loops", test_loops);
  g_test_add_func ("/guard/loops-after-a-sentence", test_loops_after_a_sentence);
  g_test_add_func ("/guard/speed", test_speed);
  return g_test_run ();
}
