/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/roll-screen.h"

#include <string.h>

/* long runs */

static gsize
count_memory (void)
{
  g_autofree char *statm = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL));
  return g_ascii_strtoull (strchr (statm, ' '), NULL, 10);
}

/* Hours of speech, with possible faults of services: segments that never end, are
 * retracted, or come far too late. */
static void
test_thousands (void)
{
  g_autoptr (Screen) screen = screen_new (3, 40);
  gsize pages = 0;

  for (guint64 id = 1; id <= 10000; id++)
    {
      gint64 start = id * 3000;

      if (id == 3000)
        pages = count_memory ();
      screen_say (screen, id, "he was", FALSE, start, start + 100, "{'speaker': <'Anna'>}");
      screen_say (screen, id, "he was not an ill disposed young man", FALSE, start, start + 2000, NULL);
      if (id % 7 == 0)
        screen_retract (screen, id);
      else if (id % 11 != 0)
        screen_say (screen, id, "He was not an ill disposed young man.", TRUE, start, start + 2000, NULL);
      if (id > 2000 && (id - 2000) % 7 != 0 && (id - 2000) % 11 != 0)
        screen_say (screen, id - 2000, "late", TRUE, start - 6000000, start - 6000000, NULL);
    }

  g_assert_cmpuint (cap_roll_get_n_lines (screen->roll), ==, 3);
#ifdef __SANITIZE_ADDRESS__ /* malloc keeps freed memory for a while */
  g_assert_cmpuint (pages, >, 0);
#else
  g_assert_cmpuint (count_memory (), <, pages + 128);
#endif
}

/* The cost of an endless segment does not grow with its length. */
static void
test_endless (void)
{
  g_autoptr (Screen) screen = screen_new (3, 40);
  g_autoptr (GString) text = g_string_new ("he");

  while (text->len < 40000)
    {
      for (guint i = 0; i < 8; i++)
        g_string_append_printf (text, " %d", g_test_rand_int_range (0, 100000));
      screen_say (screen, 1, text->str, FALSE, 0, text->len, NULL);
    }
  g_assert_cmpuint (cap_roll_get_n_lines (screen->roll), ==, 3);
  g_assert_true (g_str_has_suffix (text->str, cap_roll_get_line (screen->roll, 2)->text));
  g_assert_cmpuint (screen->fits, <, 8 * screen->serial);
}

/* stability with random input */

#define MOST_SEGMENTS 60

typedef struct
{
  GString *texts[MOST_SEGMENTS + 1];
  gboolean final[MOST_SEGMENTS + 1];
  guint first, last; /* partial results, from the first to the last */
  gint64 starts[MOST_SEGMENTS + 1];
} Talk;

static void
talk_clear (Talk *talk)
{
  for (guint i = 0; i <= MOST_SEGMENTS; i++)
    if (talk->texts[i] != NULL)
      g_string_free (talk->texts[i], TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Talk, talk_clear)

static void
append_word (GString *text)
{
  const char *const words[] = { "he", "was", "not", "an", "ill-disposed", "young", "man,", "unless",
                                "a", "I", "misunderstandings", "of", "the" };

  if (text->len > 0)
    g_string_append_c (text, ' ');
  /* Each word is unique, so that the test can follow it. */
  g_string_append_printf (text, "%s%d", words[g_test_rand_int_range (0, G_N_ELEMENTS (words))],
                          g_test_rand_int_range (0, 1000000));
}

static void
revise (GString *text)
{
  guint back = g_test_rand_int_range (0, 4);

  while (back-- > 0 && text->len > 0)
    {
      char *space = strrchr (text->str, ' ');

      g_string_truncate (text, space != NULL ? space - text->str : 0);
    }
  for (guint more = g_test_rand_int_range (1, 5); more > 0; more--)
    append_word (text);
}

/* Changes one of the last segments at random; final ones come in order. */
static void
go_on (Talk *talk, Screen *screen)
{
  guint id;

  if (talk->first > talk->last || (talk->last - talk->first < 2 && g_test_rand_int_range (0, 8) == 0))
    {
      id = ++talk->last;
      talk->texts[id] = g_string_new (NULL);
      talk->starts[id] = talk->starts[id - 1] + 1000 + g_test_rand_int_range (0, 4000);
    }
  else
    id = g_test_rand_int_range (talk->first, talk->last + 1);

  if (id == talk->first && g_test_rand_int_range (0, 8) == 0 && talk->texts[id]->len > 0)
    {
      talk->final[id] = TRUE;
      talk->first++;
      g_string_append_c (talk->texts[id], '.');
    }
  else
    revise (talk->texts[id]);

  screen_say (screen, id, talk->texts[id]->str, talk->final[id], talk->starts[id],
              talk->starts[id] + 1000, NULL);
}

static char *
tell_all (Talk *talk)
{
  GString *all = g_string_new (NULL);

  for (guint i = 1; i <= talk->last; i++)
    g_string_append_printf (all, "%s%s", i > 1 ? " " : "", talk->texts[i]->str);

  return g_string_free (all, FALSE);
}

static char *
without_spaces (char *text)
{
  char *to = text;

  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isspace (*p))
      *to++ = *p;
  *to = '\0';
  return text;
}

static void
assert_tail (Talk *talk, Screen *screen)
{
  g_autofree char *all = without_spaces (tell_all (talk));
  g_autofree char *shown = without_spaces (screen_read (screen));

  g_assert_cmpstr (shown, !=, "");
  if (!g_str_has_suffix (all, shown))
    g_error ("\"%s\" is not the end of \"%s\"", shown, all);
}

typedef struct
{
  char *text; /* final text at the beginning of the line */
  guint row;
} FinalText;

static void
final_text_free (FinalText *self)
{
  g_free (self->text);
  g_free (self);
}

/* The final text at the beginning of each line; rows count from the bottom. */
static GPtrArray *
read_final (Screen *screen)
{
  GPtrArray *finals = g_ptr_array_new_with_free_func ((GDestroyNotify) final_text_free);

  for (guint i = 0; i < cap_roll_get_n_lines (screen->roll); i++)
    {
      CapRollLine *shown = cap_roll_get_line (screen->roll, i);
      FinalText *text;

      if (shown->n_runs == 0 || !shown->runs[0].final)
        continue;
      text = g_new (FinalText, 1);
      text->text = g_strndup (shown->text, shown->runs[0].length);
      text->row = cap_roll_get_n_lines (screen->roll) - i;
      g_ptr_array_add (finals, text);
    }

  return finals;
}

/* The text is still at the beginning of a line, not below its former row, or it has
 * left the window with all text above it. */
static void
assert_stays (GPtrArray *before, GPtrArray *after)
{
  guint at = 0;

  for (guint i = 0; i < before->len; i++)
    {
      FinalText *old = before->pdata[i];
      FinalText *now;

      if (at == 0 && (after->len == 0 || !g_str_has_prefix (((FinalText *) after->pdata[0])->text, old->text)))
        continue;
      g_assert_cmpuint (at, <, after->len);
      now = after->pdata[at++];
      g_assert_true (g_str_has_prefix (now->text, old->text));
      g_assert_cmpuint (now->row, >=, old->row);
    }
}

static void
test_stability (gconstpointer data)
{
  const CapRollPartials partials = GPOINTER_TO_INT (data);

  for (guint round = 0; round < 10; round++)
    {
      g_autoptr (Screen) screen = screen_new (3 + round % 8, 20 + round * 8);
      g_auto (Talk) talk = { .first = 1, .last = 0 };
      g_autoptr (GPtrArray) before = read_final (screen);

      screen->options.partials = partials;
      screen_apply (screen);
      while (talk.last < MOST_SEGMENTS)
        {
          GPtrArray *after;

          go_on (&talk, screen);
          if (partials != CAP_ROLL_PARTIALS_HIDE)
            assert_tail (&talk, screen);
          after = read_final (screen);
          assert_stays (before, after);
          g_ptr_array_unref (before);
          before = after;
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roll/thousands", test_thousands);
  g_test_add_func ("/roll/endless", test_endless);
  g_test_add_data_func ("/roll/stability/dim", GINT_TO_POINTER (CAP_ROLL_PARTIALS_DIM), test_stability);
  g_test_add_data_func ("/roll/stability/hide", GINT_TO_POINTER (CAP_ROLL_PARTIALS_HIDE), test_stability);
  return g_test_run ();
}
