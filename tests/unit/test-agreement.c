/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "live/agreement.h"

/* Adds a hypothesis whose words begin at whole seconds. */
static void
add_until (CapAgreement *agreement, const char *text, double settle)
{
  const char *tokens[32];
  float times[32];
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);
  g_autoptr (GPtrArray) words = NULL;
  guint n = g_strv_length (parts);

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (tokens));
  for (guint i = 0; i < n; i++)
    {
      tokens[i] = parts[i];
      times[i] = i;
    }
  words = cap_token_words_new (&(CapTokens){ .text = text, .tokens = tokens, .times = times, .n_tokens = n,
                                             .duration = n });
  cap_agreement_add (agreement, words, settle);
}

static void
add (CapAgreement *agreement, const char *text)
{
  add_until (agreement, text, G_MAXDOUBLE);
}

/* Checks the words; "|" follows the settled ones. */
static void
check (CapAgreement *agreement, const char *expected)
{
  GPtrArray *words = cap_agreement_get_words (agreement);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i <= words->len; i++)
    {
      if (i == cap_agreement_get_n_settled (agreement))
        g_string_append (text, "| ");
      if (i < words->len)
        g_string_append_printf (text, "%s ", ((CapTokenWord *) words->pdata[i])->text);
    }
  g_strchomp (text->str);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_two_of_two (void)
{
  g_autoptr (CapAgreement) agreement = cap_agreement_new ();

  add (agreement, "and so my fell");
  check (agreement, "| and so my fell");
  add (agreement, "and so my fellow Americans");
  check (agreement, "and so my | fellow Americans");
  add (agreement, "and so my fellow a merry can");
  check (agreement, "and so my fellow | a merry can");
}

/* The end of the audio may be inside of a word, and looks like the end of a sentence. */
static void
test_the_last_word_waits (void)
{
  g_autoptr (CapAgreement) agreement = cap_agreement_new ();

  add (agreement, "ask not.");
  add (agreement, "ask not.");
  check (agreement, "ask | not.");
  add (agreement, "ask not what");
  check (agreement, "ask not | what");
}

static void
test_case_and_punctuation (void)
{
  g_autoptr (CapAgreement) agreement = cap_agreement_new ();

  add (agreement, "Americans ask not");
  add (agreement, "Americans, Ask not what");
  check (agreement, "Americans, Ask not | what");
}

/* Whatever later hypotheses say, settled words stay, and only what follows is added. */
static void
test_settled_words_stay (void)
{
  g_autoptr (CapAgreement) agreement = cap_agreement_new ();

  add (agreement, "the cat sat on the");
  add (agreement, "the cat sat on the mat");
  check (agreement, "the cat sat on the | mat");
  add (agreement, "a cat sat on the mat and purred");
  check (agreement, "the cat sat on the mat | and purred");
  add (agreement, "cat sat on the mat and purred loudly");
  check (agreement, "the cat sat on the mat and purred | loudly");
  add (agreement, "hat");
  g_assert_cmpuint (cap_agreement_get_n_settled (agreement), ==, 8);
}

/* The words after a word may change how it is heard. */
static void
test_new_words_wait (void)
{
  g_autoptr (CapAgreement) agreement = cap_agreement_new ();

  add_until (agreement, "how do you marry", 2);
  add_until (agreement, "how do you marry a", 2.2);
  check (agreement, "how do | you marry a");
  add_until (agreement, "how do he marry a more amiable", 5);
  check (agreement, "how do | he marry a more amiable");
}

static void
test_taking (void)
{
  g_autoptr (CapAgreement) agreement = cap_agreement_new ();
  g_autoptr (GPtrArray) taken = NULL;
  const CapTokenWord *word;

  add (agreement, "one two three four");
  add (agreement, "one two three four");
  taken = cap_agreement_take (agreement, 2, 1.5);
  g_assert_cmpuint (taken->len, ==, 2);
  check (agreement, "three | four");
  word = cap_agreement_get_words (agreement)->pdata[0];
  g_assert_cmpfloat_with_epsilon (word->begin, 0.5, 1e-6);
  add (agreement, "three four five");
  check (agreement, "three four | five");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agreement/two-of-two", test_two_of_two);
  g_test_add_func ("/agreement/the-last-word-waits", test_the_last_word_waits);
  g_test_add_func ("/agreement/case-and-punctuation", test_case_and_punctuation);
  g_test_add_func ("/agreement/settled-words-stay", test_settled_words_stay);
  g_test_add_func ("/agreement/new-words-wait", test_new_words_wait);
  g_test_add_func ("/agreement/taking", test_taking);
  return g_test_run ();
}
