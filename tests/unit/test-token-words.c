/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sherpa-onnx/library.h"
#include "common/token-words.h"

#include <math.h>

/* Words as "text@begin-end", each after a blank if it is separated. */
static char *
describe (const CapTokens *tokens)
{
  g_autoptr (GPtrArray) words = cap_token_words_new (tokens);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    {
      const CapTokenWord *word = words->pdata[i];

      g_assert_cmpfloat (word->begin, >=, 0);
      g_assert_cmpfloat (word->begin, <=, word->last);
      g_assert_cmpfloat (word->last, <=, word->end);
      g_assert_cmpfloat (word->end, <=, tokens->duration);
      g_string_append_printf (text, "%s%s@%ld-%ld", word->spaced ? " " : "", word->text,
                              lround (word->begin * 100), lround (word->end * 100));
    }
  return g_string_free (text, FALSE);
}

/* @tokens: NULL-terminated. Each token begins 0.1 s after the one before it. */
static void
check (const char *text, const char *const *tokens, const char *expected)
{
  float times[64];
  g_autofree char *found = NULL;
  guint n = g_strv_length ((char **) tokens);

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (times));
  for (guint i = 0; i < n; i++)
    times[i] = 0.1 * i;
  found = describe (&(CapTokens){ .text = text, .tokens = tokens, .times = times, .n_tokens = n, .duration = 10 });
  g_assert_cmpstr (found, ==, expected);
}

#define TOKENS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_pieces (void)
{
  check ("hello world", TOKENS ("▁he", "llo", "▁world"), "hello@0-20 world@20-44");
  check ("hello world", TOKENS (" he", "llo", " world"), "hello@0-20 world@20-44");
  check ("Well, it is.", TOKENS ("▁Well", ",", "▁it", "▁is", "."), "Well,@0-20 it@20-30 is.@30-64");
  check ("don't", TOKENS ("▁don", "'", "t"), "don't@0-44");
  /* characters with a blank of their own */
  check ("да нет", TOKENS ("д", "а", " ", "н", "е", "т"), "да@0-30 нет@30-74");
}

static void
test_characters (void)
{
  check ("今天好。", TOKENS ("今", "天", "好", "。"), "今@0-10天@10-20好。@20-54");
  check ("ラーメン", TOKENS ("ラ", "ー", "メ", "ン"), "ラー@0-20メ@20-30ン@30-54");
  check ("我用 linux 了", TOKENS ("我", "用", "▁lin", "ux", "了"), "我@0-10用@10-20 linux@20-40 了@40-64");
  check ("한국 말", TOKENS ("▁한국", "▁말"), "한국@0-10 말@10-34");
}

static void
test_continued_tokens (void)
{
  check ("monday 了", TOKENS ("mon@@", "day", "了"), "monday@0-20 了@20-44");
}

/* Models of bytes have tokens that do not spell the text. */
static void
test_tokens_that_do_not_spell (void)
{
  check ("今天", TOKENS ("ƌ", "ş", "ŀ", "Ɓ"), "今@0-20天@20-44");
  check ("5 Euro", TOKENS ("▁five", "▁euros"), "5@0-0 Euro@0-34");
  check ("a b", (const char *const[]){ NULL }, "a@0-24 b@500-524");
}

static void
test_incomplete_text (void)
{
  check ("ja \xe4\xbb", TOKENS ("▁ja", "\xe4", "\xbb"), "ja@0-24");
  check ("", TOKENS ("<unk>"), "");
  check ("  ", TOKENS (" "), "");
}

static void
test_times_that_cannot_be (void)
{
  const char *const tokens[] = { "▁a", "▁b", "▁c", NULL };
  const float times[] = { NAN, 99, -5 };
  CapTokens bad = { .text = "a b c", .tokens = tokens, .times = times, .n_tokens = 3, .duration = 2 };
  g_autofree char *found = describe (&bad);

  g_assert_cmpstr (found, ==, "a@0-0 b@0-0 c@0-24");
}

static void
test_probabilities (void)
{
  const char *json = "{ \"text\": \"\\\"ys_probs\\\": [9]\", "
                     "\"ys_probs\": [-0.693147, 0.000000, -inf], \"lm_probs\": [] }";
  g_autofree double *three = cap_token_words_read_probabilities (json, "ys_probs", 3);
  const char *const tokens[] = { "▁a", "b", "▁c", NULL };
  g_autoptr (GPtrArray) words = NULL;

  g_assert_nonnull (three);
  g_assert_cmpfloat_with_epsilon (three[0], 0.5, 1e-5);
  g_assert_cmpfloat (three[1], ==, 1);
  g_assert_cmpfloat (three[2], ==, 0);
  g_assert_null (cap_token_words_read_probabilities (json, "ys_probs", 2));
  g_assert_null (cap_token_words_read_probabilities (json, "ys_probs", 4));
  g_assert_null (cap_token_words_read_probabilities (json, "lm_probs", 0));
  g_assert_null (cap_token_words_read_probabilities ("", "ys_probs", 1));

  words = cap_token_words_new (
    &(CapTokens){ .text = "ab c", .tokens = tokens, .probabilities = three, .n_tokens = 3, .duration = 1 });
  g_assert_cmpfloat_with_epsilon (((CapTokenWord *) words->pdata[0])->probability, 0.5, 1e-5);
  g_assert_cmpfloat (((CapTokenWord *) words->pdata[1])->probability, ==, 0);
}

static void
test_versions (void)
{
  for (const char *const *version = TOKENS ("1.12.12", "1.12.40", "1.13.0", "1.13.8", "2.0.0", "2.0.1"); *version;
       version++)
    g_assert_true (cap_sherpa_library_is_tried (*version));
  for (const char *const *version = TOKENS ("1.12.11", "1.11.13", "1.14.0", "2.1.0", "3.0.0", "0.9", "", "x"); *version;
       version++)
    g_assert_false (cap_sherpa_library_is_tried (*version));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-words/pieces", test_pieces);
  g_test_add_func ("/token-words/characters", test_characters);
  g_test_add_func ("/token-words/continued-tokens", test_continued_tokens);
  g_test_add_func ("/token-words/tokens-that-do-not-spell", test_tokens_that_do_not_spell);
  g_test_add_func ("/token-words/incomplete-text", test_incomplete_text);
  g_test_add_func ("/token-words/times-that-cannot-be", test_times_that_cannot_be);
  g_test_add_func ("/token-words/probabilities", test_probabilities);
  g_test_add_func ("/sherpa-library/versions", test_versions);
  return g_test_run ();
}
