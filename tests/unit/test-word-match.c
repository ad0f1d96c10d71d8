/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/text/direction.h"
#include "overlay/text/word-match.h"

static void
test_split (void)
{
  /* Bars separate words. */
  const struct { const char *text, *expected; } cases[] = {
    { "", "" },
    { "he was not", "he|was|not" },
    { " well,  «no» – I ", "well,|«no»|–|I" },
    { "10\xC2\xA0km", "10\xC2\xA0km" }, /* must not be broken */
    { "日本語。はい", "日|本|語。|は|い" },
    { "「日本」と言う", "「日|本」|と|言|う" },
    { "GTK は良い 4.8版", "GTK|は|良|い|4.8|版" },
    { "กำลังที่", "กำ|ลั|ง|ที่" },
    { "한국어 자막", "한국어|자막" },
    { "e\xCC\x81t\xC3\xA9 か\xE3\x82\x99", "e\xCC\x81t\xC3\xA9|か\xE3\x82\x99" },
    { "שלום עולם", "שלום|עולם" },
    { "\xCC\x81" "a", "\xCC\x81" "a" },
    { "　", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) words = cap_words_split (cases[i].text);
      g_autoptr (GString) split = g_string_new (NULL);

      for (guint w = 0; w < words->len; w++)
        {
          CapWordRange *word = &g_array_index (words, CapWordRange, w);

          if (w > 0)
            g_string_append_c (split, '|');
          g_string_append_len (split, cases[i].text + word->offset, word->length);
        }
      g_assert_cmpstr (split->str, ==, cases[i].expected);
    }
}

static void
test_match (void)
{
  /* The indices refer to the new text; a dash marks a removed word. */
  const struct { const char *old_text, *new_text, *expected; } cases[] = {
    { "", "", "" },
    { "he was", "", "--" },
    { "he was", "he was not", "01" },
    { "and he was", "he was", "-01" },
    { "yes he was not here", "Yes, he was not -- here.", "01235" },
    { "the mr john guess would", "and mr john guess would", "-1234" },
    { "made still more risk the", "made still more respect", "012--" },
    { "a b c d e", "a x c y e", "0-2-4" },
    { "a b c", "c a b", "12-" },
    { "he'd go", "hed GO!", "01" },
    { "... x", "... y x", "02" },
    { "今日は", "今日、晴", "01-" },
    { "STRASSE", "straße", "0" },
    { "no no no", "no no", "01-" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) old_words = cap_words_split (cases[i].old_text);
      g_autoptr (GArray) new_words = cap_words_split (cases[i].new_text);
      g_autofree guint *matches = cap_words_match (cases[i].old_text, old_words,
                                                   cases[i].new_text, new_words);
      g_autoptr (GString) matched = g_string_new (NULL);

      for (guint w = 0; w < old_words->len; w++)
        if (matches[w] == CAP_WORD_GONE)
          g_string_append_c (matched, '-');
        else
          g_string_append_printf (matched, "%u", matches[w]);
      g_assert_cmpstr (matched->str, ==, cases[i].expected);
    }
}

static char *
make_text (guint n_words, const char *first, const char *last)
{
  GString *text = g_string_new (first);

  for (guint i = 0; i < n_words; i++)
    g_string_append_printf (text, " %d", g_test_rand_int_range (0, 1000));
  g_string_append (text, last);
  return g_string_free (text, FALSE);
}

/* Very long texts with little in common cost no more than comparing their ends. */
static void
test_long (void)
{
  g_autofree char *old_text = make_text (20000, "begin", " end");
  g_autofree char *new_text = make_text (30000, "begin", " other end");
  g_autoptr (GArray) old_words = cap_words_split (old_text);
  g_autoptr (GArray) new_words = cap_words_split (new_text);
  gint64 begun = g_get_monotonic_time ();
  g_autofree guint *matches = cap_words_match (old_text, old_words, new_text, new_words);

  g_assert_cmpint (g_get_monotonic_time () - begun, <, G_TIME_SPAN_SECOND);
  g_assert_cmpuint (matches[0], ==, 0);
  g_assert_cmpuint (matches[old_words->len - 1], ==, new_words->len - 1);
}

/* In random texts, matched words are equal, and their indices ascend. */
static void
test_any (void)
{
  for (guint round = 0; round < 200; round++)
    {
      g_autofree char *old_text = make_text (g_test_rand_int_range (0, 40), "", "");
      g_autofree char *new_text = make_text (g_test_rand_int_range (0, 40), "", "");
      g_autoptr (GArray) old_words = cap_words_split (old_text);
      g_autoptr (GArray) new_words = cap_words_split (new_text);
      g_autofree guint *matches = cap_words_match (old_text, old_words, new_text, new_words);
      guint next = 0;

      for (guint i = 0; i < old_words->len; i++)
        {
          CapWordRange *from = &g_array_index (old_words, CapWordRange, i), *to;

          if (matches[i] == CAP_WORD_GONE)
            continue;
          g_assert_cmpuint (matches[i], >=, next);
          g_assert_cmpuint (matches[i], <, new_words->len);
          to = &g_array_index (new_words, CapWordRange, matches[i]);
          g_assert_cmpmem (old_text + from->offset, from->length, new_text + to->offset, to->length);
          next = matches[i] + 1;
        }
    }
}

static void
test_direction (void)
{
  const char *left[] = { "", "12 30", "hello שלום", "«Anna»", "日本", "\xE2\x80\x8E שלום" };
  const char *right[] = { "שלום", "12 שלום hello", "«مرحبا»", "ދިވެހި", "ߒߞߏ", "ܣܘܪܝܝܐ",
                          "\xE2\x80\x8F hello" };

  for (guint i = 0; i < G_N_ELEMENTS (left); i++)
    g_assert_false (cap_direction_is_right_to_left (left[i]));
  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    g_assert_true (cap_direction_is_right_to_left (right[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/word-match/split", test_split);
  g_test_add_func ("/word-match/match", test_match);
  g_test_add_func ("/word-match/long", test_long);
  g_test_add_func ("/word-match/any", test_any);
  g_test_add_func ("/word-match/direction", test_direction);
  return g_test_run ();
}
