/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/roll-screen.h"

#include <string.h>

#define SECOND G_TIME_SPAN_SECOND

static CapRollLine *
line (Screen *screen, guint index)
{
  return cap_roll_get_line (screen->roll, index);
}

/* rolling */

static void
test_rolling (void)
{
  g_autoptr (Screen) screen = screen_new (2, 20);
  g_autoptr (CapRollLine) first = NULL;

  screen_assert (screen, "");
  screen_say (screen, 1, "he was not", FALSE, 0, 500, NULL);
  screen_assert (screen, "he was not\n");
  screen_say (screen, 1, "he was not an ill-disposed", FALSE, 0, 900, NULL);
  screen_assert (screen, "he was not an\nill-disposed\n");
  first = cap_roll_line_ref (line (screen, 0));
  screen_say (screen, 1, "he was not an ill-disposed young", FALSE, 0, 900, NULL);
  screen_assert (screen, "he was not an\nill-disposed young\n");
  g_assert_true (line (screen, 0) == first);

  screen_say (screen, 1, "he was not an ill-disposed young man", FALSE, 0, 900, NULL);
  screen_assert (screen, "ill-disposed young\nman\n");
  screen_say (screen, 2, "unless", FALSE, 5000, 6000, NULL);
  screen_assert (screen, "man\nunless\n");
  g_assert_cmpuint (screen->changes, ==, 5);
}

/* An unchanged line is the same object at any position. */
static void
test_same_lines (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);
  g_autoptr (CapRollLine) last = NULL;

  screen_say (screen, 1, "yes", TRUE, 0, 100, NULL);
  screen_say (screen, 2, "yes", TRUE, 5000, 5100, NULL);
  g_assert_true (line (screen, 0) != line (screen, 1));
  last = cap_roll_line_ref (line (screen, 1));
  screen_say (screen, 3, "yes", TRUE, 9000, 9100, NULL);
  g_assert_true (line (screen, 1) == last);
  screen_say (screen, 4, "yes", TRUE, 19000, 19100, NULL);
  g_assert_true (line (screen, 0) == last);
}

/* The text does not tell which of the lines left. */
static void
test_alike (void)
{
  g_autoptr (Screen) screen = screen_new (2, 20);

  screen_say (screen, 1, "yes", TRUE, 0, 100, NULL);
  screen_say (screen, 2, "yes", TRUE, 5000, 5100, NULL);
  screen_say (screen, 3, "no", TRUE, 9000, 9100, NULL);
  screen_assert (screen, "yes\nno\n");
  screen_say (screen, 4, "no", TRUE, 15000, 15100, NULL);
  screen_say (screen, 5, "no", TRUE, 19000, 19100, NULL);
  screen_assert (screen, "no\nno\n");
}

static void
test_nothing_new (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);

  screen_say (screen, 1, "he was", FALSE, 0, 100, NULL);
  g_assert_cmpuint (screen->changes, ==, 1);
  screen_say (screen, 1, "he was", FALSE, 0, 200, NULL);
  screen_say (screen, 1, "  he\nwas ", FALSE, 0, 200, "{'confidence': <0.5>}");
  screen_say (screen, 2, "", FALSE, 300, 400, NULL);
  screen_retract (screen, 2);
  screen_retract (screen, 3);
  cap_roll_set_options (screen->roll, &screen->options);
  g_assert_cmpuint (screen->changes, ==, 1);

  /* This version is older. */
  screen->serial = 0;
  screen_say (screen, 1, "she", TRUE, 0, 100, NULL);
  screen_assert (screen, "he was\n");
  g_assert_cmpuint (screen->changes, ==, 1);
}

static void
test_runs (void)
{
  g_autoptr (Screen) screen = screen_new (3, 40);
  CapRollLine *shown;

  screen_say (screen, 1, "he was not", TRUE, 0, 1000, NULL);
  screen_say (screen, 2, "ill", FALSE, 1200, 1300, NULL);
  shown = line (screen, 0);
  g_assert_cmpstr (shown->text, ==, "he was not ill");
  g_assert_cmpuint (shown->n_runs, ==, 2);
  g_assert_cmpuint (shown->runs[0].length, ==, strlen ("he was not"));
  g_assert_true (shown->runs[0].final);
  g_assert_cmpuint (shown->runs[1].length, ==, strlen (" ill"));
  g_assert_false (shown->runs[1].final);

  screen_say (screen, 2, "ill", TRUE, 1200, 1300, NULL);
  g_assert_cmpuint (line (screen, 0)->n_runs, ==, 1);
  g_assert_cmpuint (screen->changes, ==, 3);
}

/* revision */

static void
test_revision (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);
  g_autoptr (CapRollLine) first = NULL;

  screen_say (screen, 1, "homeless to be rather cold", FALSE, 0, 100, NULL);
  screen_assert (screen, "homeless to be\nrather cold\n");
  first = cap_roll_line_ref (line (screen, 0));
  screen_say (screen, 1, "homeless to be rather cold hard", FALSE, 0, 100, NULL);
  screen_say (screen, 1, "homeless to be rather hearted", FALSE, 0, 100, NULL);
  screen_assert (screen, "homeless to be\nrather hearted\n");
  g_assert_true (line (screen, 0) == first);

  /* Shorter words do not move up, and longer ones do not push those behind. */
  screen_say (screen, 1, "has to be rather hearted", FALSE, 0, 100, NULL);
  screen_assert (screen, "has to be\nrather hearted\n");
  screen_say (screen, 1, "homeless and to be rather hearted", FALSE, 0, 100, NULL);
  screen_assert (screen, "homeless and to be\nrather hearted\n");

  /* Words that no longer fit go to the beginning of the next line. */
  screen_say (screen, 1, "homelessness and to be rather hearted", FALSE, 0, 100, NULL);
  screen_assert (screen, "homelessness and to\nbe rather hearted\n");
}

/* A word that was broken and became shorter does not keep a line of its own. */
static void
test_loose_break (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);

  screen_say (screen, 1, "I misunderstandings-all", FALSE, 0, 100, NULL);
  screen_assert (screen, "I\nmisunderstandings-al\nl\n");
  screen_say (screen, 1, "I miss", FALSE, 0, 100, NULL);
  screen_assert (screen, "I miss\n\n\n");
  screen_say (screen, 1, "I miss you all the time here", FALSE, 0, 100, NULL);
  screen_assert (screen, "I miss you all the\ntime here\n\n");
}

static void
test_final_punctuation (void)
{
  g_autoptr (Screen) screen = screen_new (4, 21);

  screen_say (screen, 1, "he was not an ill disposed young man unless to be rather", FALSE, 0, 100, NULL);
  screen_assert (screen, "he was not an ill\ndisposed young man\nunless to be rather\n");
  screen_say (screen, 1, "He was, not an ill disposed young man; unless to be rather.", TRUE, 0, 100, NULL);
  screen_assert (screen, "He was, not an ill\ndisposed young man;\nunless to be rather.\n");

  /* Final text does not change. */
  screen_say (screen, 1, "who was it", FALSE, 0, 100, NULL);
  screen_say (screen, 1, "who was it", TRUE, 0, 100, NULL);
  screen_assert (screen, "He was, not an ill\ndisposed young man;\nunless to be rather.\n");
}

/* When lines below disappear, the lines above do not move down. */
static void
test_shrinking (void)
{
  g_autoptr (Screen) screen = screen_new (2, 10);

  screen_say (screen, 1, "he was not", TRUE, 0, 100, NULL);
  screen_say (screen, 2, "ill", FALSE, 5000, 5100, NULL);
  screen_say (screen, 2, "ill exposed", FALSE, 5000, 5200, NULL);
  screen_assert (screen, "ill\nexposed\n");
  screen_say (screen, 2, "ill", FALSE, 5000, 5300, NULL);
  screen_assert (screen, "ill\n\n");
  screen_say (screen, 2, "ill man", FALSE, 5000, 5300, NULL);
  screen_assert (screen, "ill man\n\n");
  screen_say (screen, 2, "ill man today", TRUE, 5000, 5300, NULL);
  screen_assert (screen, "ill man\ntoday\n");
  screen_say (screen, 3, "no", FALSE, 9000, 9300, NULL);
  screen_assert (screen, "today\nno\n");
}

static void
test_retraction (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);

  screen_say (screen, 1, "he was not", TRUE, 0, 1000, NULL);
  screen_say (screen, 2, "uh", FALSE, 1200, 1300, NULL);
  screen_assert (screen, "he was not uh\n");
  screen_retract (screen, 2);
  screen_assert (screen, "he was not\n");
  screen_say (screen, 3, "young", FALSE, 9000, 9300, NULL);
  screen_assert (screen, "he was not\nyoung\n");
  screen_retract (screen, 3);
  screen_assert (screen, "he was not\n\n");
  screen_say (screen, 4, "man", FALSE, 9000, 9300, NULL);
  screen_assert (screen, "he was not\nman\n");

  /* When no text is left, nothing is shown, and new text begins at the bottom. */
  screen_retract (screen, 4);
  screen_retract (screen, 1);
  screen_assert (screen, "");
  screen_say (screen, 5, "man", FALSE, 9000, 9300, NULL);
  screen_assert (screen, "man\n");
}

static void
test_retraction_uncovers_nothing (void)
{
  g_autoptr (Screen) screen = screen_new (1, 20);

  screen_say (screen, 1, "he was not", TRUE, 0, 1000, NULL);
  screen_say (screen, 2, "uh", FALSE, 5000, 5300, NULL);
  screen_assert (screen, "uh\n");
  screen_retract (screen, 2);
  screen_assert (screen, "");
}

/* The free place at the bottom stays free when text is inserted above it. */
static void
test_shrinking_and_late (void)
{
  g_autoptr (Screen) screen = screen_new (4, 10);
  g_autoptr (CapRollLine) last = NULL;

  screen_say (screen, 1, "he was", TRUE, 0, 100, NULL);
  screen_say (screen, 3, "young man I", FALSE, 9000, 9300, NULL);
  screen_say (screen, 3, "young man", FALSE, 9000, 9300, NULL);
  screen_assert (screen, "he was\nyoung man\n\n");
  last = cap_roll_line_ref (line (screen, 1));
  screen_say (screen, 2, "not", FALSE, 5000, 5300, NULL);
  screen_assert (screen, "he was\nnot\nyoung man\n\n");
  g_assert_true (line (screen, 2) == last);
  screen_say (screen, 2, "not an ill", FALSE, 5000, 5300, NULL);
  screen_say (screen, 2, "not an ill one", FALSE, 5000, 5300, NULL);
  screen_assert (screen, "not an ill\none\nyoung man\n\n");
}

/* order */

static void
test_out_of_order (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);
  g_autoptr (CapRollLine) last = NULL;

  screen_say (screen, 1, "he was", TRUE, 0, 1000, NULL);
  screen_say (screen, 3, "young", FALSE, 9000, 9300, NULL);
  last = cap_roll_line_ref (line (screen, 1));
  screen_say (screen, 2, "not", FALSE, 5000, 5300, NULL);
  screen_assert (screen, "he was\nnot\nyoung\n");
  g_assert_true (line (screen, 2) == last);

  /* Text that grows in between moves the text above it up. */
  screen_say (screen, 2, "not an ill disposed or so", FALSE, 5000, 5300, NULL);
  screen_assert (screen, "not an ill disposed\nor so\nyoung\n");
  screen_say (screen, 3, "young man", TRUE, 9000, 9300, NULL);
  screen_say (screen, 2, "not", TRUE, 5000, 5300, NULL);
  screen_assert (screen, "not\nyoung man\n\n");

  /* Text before lines that have left the window comes too late. */
  screen_say (screen, 1, "she was", TRUE, 0, 1000, NULL);
  screen_say (screen, 4, "unless", TRUE, 15000, 15300, NULL);
  screen_assert (screen, "not\nyoung man\nunless\n");
}

static void
test_start_moves (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);

  screen_say (screen, 1, "one", FALSE, 100, 200, NULL);
  screen_say (screen, 2, "two", FALSE, 300, 400, NULL);
  screen_assert (screen, "one\ntwo\n");
  screen_say (screen, 2, "two", FALSE, 50, 400, NULL);
  screen_assert (screen, "two\none\n");
  screen_say (screen, 1, "one", FALSE, 50, 400, NULL);
  screen_assert (screen, "one\ntwo\n");
}

/* joining */

static void
test_joining (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);

  screen_say (screen, 1, "he was", TRUE, 0, 1000, NULL);
  screen_say (screen, 2, "not", FALSE, 2500, 2600, NULL);
  screen_assert (screen, "he was not\n");

  /* It does not join the line of a partial result. */
  screen_say (screen, 3, "ill", FALSE, 2700, 2800, NULL);
  screen_assert (screen, "he was not\nill\n");
  screen_say (screen, 2, "not", TRUE, 2500, 2600, NULL);
  screen_say (screen, 3, "ill", TRUE, 2700, 2800, NULL);
  screen_assert (screen, "he was not\nill\n");

  /* Text after a pause gets a line of its own, and so does text whose first word does not
   * fit. */
  screen_say (screen, 4, "he is ill disposed", TRUE, 4301, 5000, NULL);
  screen_say (screen, 5, "un", FALSE, 5000, 5100, NULL);
  screen_assert (screen, "ill\nhe is ill disposed\nun\n");
}

/* A segment that comes between two others on one line separates them. */
static void
test_joining_late (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);

  screen_say (screen, 1, "he was", TRUE, 0, 1000, NULL);
  screen_say (screen, 3, "ill", FALSE, 2000, 2100, NULL);
  screen_assert (screen, "he was ill\n");
  screen_say (screen, 2, "not", FALSE, 1500, 1600, NULL);
  screen_assert (screen, "he was not\nill\n");
}

static void
test_joining_wraps (void)
{
  g_autoptr (Screen) screen = screen_new (3, 10);

  screen_say (screen, 1, "he was", TRUE, 0, 1000, NULL);
  screen_say (screen, 2, "un", FALSE, 1000, 1100, NULL);
  screen_assert (screen, "he was un\n");
  screen_say (screen, 2, "unless", FALSE, 1000, 1200, NULL);
  screen_assert (screen, "he was\nunless\n");
  screen_say (screen, 2, "no", FALSE, 1000, 1300, NULL);
  screen_assert (screen, "he was\nno\n");
  screen_say (screen, 2, "no one else", TRUE, 1000, 1300, NULL);
  screen_assert (screen, "he was\nno one\nelse\n");

  screen_say (screen, 4, "is", FALSE, 1400, 1500, NULL);
  screen_assert (screen, "he was\nno one\nelse is\n");
  screen_say (screen, 3, "who", FALSE, 1310, 1390, NULL);
  screen_assert (screen, "no one\nelse who\nis\n");
  screen_say (screen, 3, "as", FALSE, 1310, 1390, NULL);
  screen_say (screen, 4, "i", FALSE, 1400, 1500, NULL);
  screen_assert (screen, "no one\nelse as\ni\n");
}

/* scripts */

static void
test_right_to_left (void)
{
  g_autoptr (Screen) screen = screen_new (4, 12);

  screen->options.speaker_names = TRUE;
  screen_apply (screen);
  screen_say (screen, 1, "שלום hello hello עולם", TRUE, 0, 1000, "{'speaker': <'Anna'>}");
  screen_assert (screen, "Anna: שלום\nhello hello\nעולם\n");
  for (guint i = 0; i < 3; i++)
    g_assert_true (line (screen, i)->right_to_left);

  screen_say (screen, 2, "Abc", FALSE, 1000, 1100, "{'speaker': <'Anna'>}");
  screen_assert (screen, "Anna: שלום\nhello hello\nעולם\nAbc\n");
  g_assert_false (line (screen, 3)->right_to_left);
}

static void
test_spaceless (void)
{
  g_autoptr (Screen) screen = screen_new (4, 10);
  g_autoptr (CapRollLine) first = NULL;

  screen_say (screen, 1, "今日は良い天", FALSE, 0, 1000, NULL);
  screen_assert (screen, "今日は良い\n天\n");
  first = cap_roll_line_ref (line (screen, 0));
  screen_say (screen, 1, "今日は良い天気です", FALSE, 0, 1000, NULL);
  screen_assert (screen, "今日は良い\n天気です\n");
  g_assert_true (line (screen, 0) == first);

  /* One character less above does not move the lines below. */
  screen_say (screen, 1, "今日良い天気です", TRUE, 0, 1000, NULL);
  screen_assert (screen, "今日良い\n天気です\n");

  /* Scripts without spaces get none. */
  screen_say (screen, 2, "ね", FALSE, 1000, 1100, NULL);
  screen_assert (screen, "今日良い\n天気ですね\n");
}

static gsize
fit_one_byte (const char *text, gpointer data)
{
  return GPOINTER_TO_SIZE (data);
}

/* A faulty fit function neither separates marks from letters nor causes a loop. */
static void
test_wrong_fit (void)
{
  g_autoptr (Screen) screen = screen_new (10, 10);

  for (gsize fits = 0; fits < 4; fits++)
    {
      cap_roll_set_fit (screen->roll, fit_one_byte, GSIZE_TO_POINTER (fits));
      screen_say (screen, fits + 1, "e\xCC\x81" "e\xCC\x81 กำ", TRUE, fits * 9000, fits * 9000, NULL);
      for (guint i = 0; i < cap_roll_get_n_lines (screen->roll); i++)
        {
          const char *text = line (screen, i)->text;

          g_assert_true (g_utf8_validate (text, -1, NULL));
          g_assert_false (g_unichar_ismark (g_utf8_get_char (text)));
          g_assert_false (g_str_has_prefix (text, "ำ"));
        }
    }
}

static void
test_upper_case (void)
{
  g_autoptr (Screen) screen = screen_new (3, 10);

  screen->options.upper_case = TRUE;
  screen_apply (screen);
  screen_say (screen, 1, "straße ist lang", TRUE, 0, 1000, NULL);
  screen_assert (screen, "STRASSE\nIST LANG\n");
  screen->options.upper_case = FALSE;
  screen_apply (screen);
  screen_assert (screen, "straße ist\nlang\n");
}

/* speakers and other details */

static void
test_speakers (void)
{
  g_autoptr (Screen) screen = screen_new (10, 20);

  screen->options.speaker_names = TRUE;
  screen_apply (screen);
  screen_say (screen, 1, "hello", TRUE, 0, 100, "{'speaker': <'Anna'>}");
  screen_say (screen, 2, "hi", TRUE, 100, 200, "{'speaker': <'Ben\\n'>}");
  screen_say (screen, 3, "well", TRUE, 300, 400, "{'speaker': <'Ben'>}");
  screen_say (screen, 4, "music", TRUE, 400, 500, "{'speaker': <'system'>}");
  screen_say (screen, 5, "so", TRUE, 600, 700, "{'speaker': <'Anna'>}");
  screen_say (screen, 6, "so", TRUE, 9000, 9100, "{'speaker': <'Anna'>}");
  screen_assert (screen, "Anna: hello\nBen: hi well\nmusic\nAnna: so\nso\n");
  g_assert_cmpuint (line (screen, 0)->runs[0].speaker, ==, 1);
  g_assert_cmpuint (line (screen, 1)->runs[0].speaker, ==, 2);
  g_assert_cmpuint (line (screen, 2)->runs[0].speaker, ==, 0);
  g_assert_cmpuint (line (screen, 4)->runs[0].speaker, ==, 1);

  /* The speaker becomes known later. */
  screen_say (screen, 7, "and", FALSE, 9200, 9300, "{'speaker': <'Anna'>}");
  screen_assert (screen, "Anna: hello\nBen: hi well\nmusic\nAnna: so\nso and\n");
  screen_say (screen, 7, "and", TRUE, 9200, 9300, "{'speaker': <'Ben'>}");
  screen_assert (screen, "Anna: hello\nBen: hi well\nmusic\nAnna: so\nso\nBen: and\n");

  screen->options.speaker_names = FALSE;
  screen_apply (screen);
  screen_assert (screen, "hello\nhi well\nmusic\nso\nso\nand\n");
}

static void
test_gap (void)
{
  g_autoptr (Screen) screen = screen_new (5, 40);

  screen_say (screen, 1, "", TRUE, 0, 3000, "{'gap': <3.2>}");
  screen_say (screen, 2, "", TRUE, 9000, 9100, "{'gap': <0.1>}");
  screen_say (screen, 3, "", TRUE, 19000, 19100, "{'gap': <-1.0>}");
  screen_assert (screen, "[3 s missing]\n[1 s missing]\n");
  g_assert_true (line (screen, 0)->runs[0].final);
}

static void
test_partials (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);

  screen->options.partials = CAP_ROLL_PARTIALS_HIDE;
  screen_apply (screen);
  screen_say (screen, 1, "he was", FALSE, 0, 1000, NULL);
  screen_assert (screen, "");
  g_assert_cmpuint (screen->changes, ==, 0);
  screen_say (screen, 1, "he was", TRUE, 0, 1000, NULL);
  screen_say (screen, 2, "not", FALSE, 1100, 1200, NULL);
  screen_assert (screen, "he was\n");

  screen->options.partials = CAP_ROLL_PARTIALS_PLAIN;
  screen_apply (screen);
  screen_assert (screen, "he was not\n");
  g_assert_cmpuint (line (screen, 0)->n_runs, ==, 1);
  screen->changes = 0;
  screen_say (screen, 2, "not", TRUE, 1100, 1200, NULL);
  g_assert_cmpuint (screen->changes, ==, 0);
}

/* translation */

static void
test_translation_below (void)
{
  g_autoptr (Screen) screen = screen_new (6, 20);
  g_autoptr (CapRollLine) translation = NULL;

  /* The roll does not know yet that there are translations. */
  screen_say (screen, 1, "he was", TRUE, 0, 1000, NULL);
  screen_say (screen, 2, "not", FALSE, 1100, 1200, NULL);
  screen_assert (screen, "he was not\n");
  screen_say (screen, 1, "he was", TRUE, 0, 1000, "{'translation': <'er war'>}");
  screen_assert (screen, "he was not\ner war\n");
  translation = cap_roll_line_ref (line (screen, 1));
  g_assert_true (translation->translation);
  g_assert_false (line (screen, 0)->translation);
  screen_say (screen, 2, "not ill", TRUE, 1100, 1200, "{'translation': <'nicht'>}");
  screen_assert (screen, "he was not ill\ner war\nnicht\n");
  g_assert_true (line (screen, 1) == translation);

  /* From now on each segment has lines of its own. */
  screen_say (screen, 3, "man", TRUE, 1300, 1400, NULL);
  screen_say (screen, 4, "unless", FALSE, 1500, 1600, NULL);
  screen_assert (screen, "he was not ill\ner war\nnicht\nman\nunless\n");
  screen_say (screen, 3, "man", TRUE, 1300, 1400, "{'translation': <'איש'>}");
  screen_assert (screen, "he was not ill\ner war\nnicht\nman\nאיש\nunless\n");
  g_assert_true (line (screen, 4)->right_to_left);

  screen->options.translation = CAP_ROLL_TRANSLATION_OFF;
  screen_apply (screen);
  screen_assert (screen, "he was not ill man\nunless\n");
}

static void
test_translation_instead (void)
{
  g_autoptr (Screen) screen = screen_new (6, 20);

  screen->options.translation = CAP_ROLL_TRANSLATION_INSTEAD;
  screen_apply (screen);
  screen_say (screen, 1, "he was", TRUE, 0, 1000, NULL);
  screen_assert (screen, "he was\n");
  screen_say (screen, 1, "he was", TRUE, 0, 1000, "{'translation': <'er war'>}");
  screen_assert (screen, "er war\n");
  g_assert_false (line (screen, 0)->translation);
  screen_say (screen, 2, "not", TRUE, 1100, 1200, NULL);
  screen_say (screen, 3, "ill", FALSE, 1300, 1400, NULL);
  screen_assert (screen, "er war not\nill\n");
  screen_say (screen, 2, "not", TRUE, 1100, 1200, "{'translation': <'nicht'>}");
  screen_assert (screen, "er war nicht\nill\n");
}

/* segments that left the window */

/* With several speakers in one stream, the slower one has the lower id. */
static void
test_late (void)
{
  g_autoptr (Screen) screen = screen_new (2, 20);

  screen_say (screen, 3, "before", TRUE, 0, 500, NULL);
  screen_say (screen, 5, "after", TRUE, 1000, 2000, NULL);
  cap_roll_age (screen->roll, G_MAXINT64);
  screen_assert (screen, "");
  screen_say (screen, 4, "late", TRUE, 500, 2500, NULL);
  screen_assert (screen, "late\n");

  /* A segment that was shown does not return. */
  screen_say (screen, 3, "before", TRUE, 0, 500, "{'translation': <'vorher'>}");
  screen_assert (screen, "late\n");
}

/* Segments of hours ago do not return either. */
static void
test_long_gone (void)
{
  g_autoptr (Screen) screen = screen_new (1, 20);

  for (guint id = 1; id <= 1000; id++)
    screen_say (screen, id, "word", TRUE, id * 9000, id * 9000, NULL);
  cap_roll_age (screen->roll, G_MAXINT64);
  screen_assert (screen, "");
  for (guint id = 1; id <= 1000; id++)
    screen_say (screen, id, "word", TRUE, id * 9000, id * 9000, "{'translation': <'Wort'>}");
  screen_assert (screen, "");
}

/* The roll shows only the end of a long past, in one step. */
static void
test_past (void)
{
  g_autoptr (Screen) screen = screen_new (2, 20);
  g_autoptr (GPtrArray) past = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_segment_free);

  cap_roll_pass_over (screen->roll, 1);
  for (guint64 id = 2; id < 9; id++)
    {
      g_autoptr (GVariant) row = g_variant_ref_sink (g_variant_new_parsed (
          "(%t, %t, %s, true, %x, %x, @a{sv} {})", id, ++screen->serial, id < 8 ? "old" : "new",
          (gint64) id * 9 * SECOND, (gint64) id * 9 * SECOND));

      g_ptr_array_add (past, cap_segment_new (row));
    }
  cap_roll_add_past (screen->roll, past, 0);
  screen_assert (screen, "old\nnew\n");
  g_assert_cmpuint (screen->changes, ==, 1);

  screen_say (screen, 1, "first", TRUE, 0, 100, "{'translation': <'erstes'>}");
  screen_say (screen, 2, "old", TRUE, 18000, 18000, "{'translation': <'altes'>}");
  screen_assert (screen, "old\nnew\n");
}

/* clearing after silence */

static void
test_ageing (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);

  screen_say (screen, 1, "he was", TRUE, 0, 1000, NULL);
  g_assert_cmpint (cap_roll_get_deadline (screen->roll), ==, G_MAXINT64);
  cap_roll_age (screen->roll, G_MAXINT64 - 1);
  screen_assert (screen, "he was\n");

  screen->options.clear_after = 12 * SECOND;
  screen_apply (screen);
  g_assert_cmpint (cap_roll_get_deadline (screen->roll), ==, 13 * SECOND);
  screen_say (screen, 2, "not", FALSE, 8000, 8100, NULL);
  g_assert_cmpint (cap_roll_get_deadline (screen->roll), ==, G_MAXINT64);
  screen_say (screen, 2, "not", TRUE, 8000, 9000, NULL);
  g_assert_cmpint (cap_roll_get_deadline (screen->roll), ==, 21 * SECOND);

  screen->changes = 0;
  cap_roll_age (screen->roll, 21 * SECOND - 1);
  g_assert_cmpuint (screen->changes, ==, 0);
  screen_assert (screen, "he was\nnot\n");
  cap_roll_age (screen->roll, 21 * SECOND);
  g_assert_cmpuint (screen->changes, ==, 1);
  screen_assert (screen, "");
  g_assert_cmpint (cap_roll_get_deadline (screen->roll), ==, G_MAXINT64);

  /* Later versions of cleared segments come too late; other segments do not. */
  screen_say (screen, 2, "not", TRUE, 8000, 9000, "{'translation': <'nicht'>}");
  screen_assert (screen, "");
  g_assert_cmpuint (screen->changes, ==, 1);
  screen_say (screen, 3, "ill", FALSE, 9100, 9200, NULL);
  screen_assert (screen, "ill\n");
}

static void
test_clear (void)
{
  g_autoptr (Screen) screen = screen_new (3, 20);

  cap_roll_clear (screen->roll);
  g_assert_cmpuint (screen->changes, ==, 0);
  screen_say (screen, 7, "he was", TRUE, 0, 1000, "{'speaker': <'Anna'>}");
  cap_roll_clear (screen->roll);
  screen_assert (screen, "");
  g_assert_cmpuint (screen->changes, ==, 2);

  /* Another stream begins with new serials. */
  screen->serial = 0;
  screen_say (screen, 1, "not", FALSE, 0, 100, "{'speaker': <'Ben'>}");
  screen_assert (screen, "not\n");
  g_assert_cmpuint (line (screen, 0)->runs[0].speaker, ==, 1);
}

/* changing options */

static void
test_options (void)
{
  g_autoptr (Screen) screen = screen_new (2, 20);
  g_autoptr (CapRollLine) kept = NULL;

  screen_say (screen, 1, "he was not an ill disposed young man", TRUE, 0, 1000, NULL);
  screen_assert (screen, "he was not an ill\ndisposed young man\n");
  kept = cap_roll_line_ref (line (screen, 1));
  screen->options.lines = 1;
  cap_roll_set_options (screen->roll, &screen->options);
  screen_assert (screen, "disposed young man\n");
  g_assert_true (line (screen, 0) == kept);
  screen->options.lines = 0;
  cap_roll_set_options (screen->roll, &screen->options);
  screen_assert (screen, "disposed young man\n");
  screen->options.lines = 99;
  screen->columns = 10;
  screen_apply (screen);
  screen_assert (screen, "he was not\nan ill\ndisposed\nyoung man\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roll/rolling", test_rolling);
  g_test_add_func ("/roll/same-lines", test_same_lines);
  g_test_add_func ("/roll/alike", test_alike);
  g_test_add_func ("/roll/nothing-new", test_nothing_new);
  g_test_add_func ("/roll/runs", test_runs);
  g_test_add_func ("/roll/revision", test_revision);
  g_test_add_func ("/roll/loose-break", test_loose_break);
  g_test_add_func ("/roll/final-punctuation", test_final_punctuation);
  g_test_add_func ("/roll/shrinking", test_shrinking);
  g_test_add_func ("/roll/shrinking-and-late", test_shrinking_and_late);
  g_test_add_func ("/roll/retraction", test_retraction);
  g_test_add_func ("/roll/retraction-uncovers-nothing", test_retraction_uncovers_nothing);
  g_test_add_func ("/roll/out-of-order", test_out_of_order);
  g_test_add_func ("/roll/start-moves", test_start_moves);
  g_test_add_func ("/roll/joining", test_joining);
  g_test_add_func ("/roll/joining-late", test_joining_late);
  g_test_add_func ("/roll/joining-wraps", test_joining_wraps);
  g_test_add_func ("/roll/right-to-left", test_right_to_left);
  g_test_add_func ("/roll/spaceless", test_spaceless);
  g_test_add_func ("/roll/wrong-fit", test_wrong_fit);
  g_test_add_func ("/roll/upper-case", test_upper_case);
  g_test_add_func ("/roll/speakers", test_speakers);
  g_test_add_func ("/roll/gap", test_gap);
  g_test_add_func ("/roll/partials", test_partials);
  g_test_add_func ("/roll/translation-below", test_translation_below);
  g_test_add_func ("/roll/translation-instead", test_translation_instead);
  g_test_add_func ("/roll/late", test_late);
  g_test_add_func ("/roll/long-gone", test_long_gone);
  g_test_add_func ("/roll/past", test_past);
  g_test_add_func ("/roll/ageing", test_ageing);
  g_test_add_func ("/roll/clear", test_clear);
  g_test_add_func ("/roll/options", test_options);
  return g_test_run ();
}
