/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * How much of what is shown already changes while somebody reads it. What an
 * engine said (data/recordings/librivox.jsonl, made by record-captions) is shown by
 * a roll, and in the plain way beside it: all text broken into lines anew each
 * time, and the last ones shown. A word counts when it was on the screen and,
 * after the next form came, is not in its place any more, nor exactly above it
 * because lines rolled up together: the engine changed it, or a word before it
 * in its line, which no way of showing it can help; or it went to another line. */

#include "common/text.h"
#include "overlay/text/word-match.h"
#include "tools/roll-screen.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* recording */

static CapSegment *
read_form (const char *row)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GVariant) variant = NULL;
  JsonObject *object;

  g_assert_true (json_parser_load_from_data (parser, row, -1, NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  if (!json_object_has_member (object, "text"))
    return cap_segment_new_retracted (json_object_get_int_member (object, "id"),
                                      json_object_get_int_member (object, "serial"));

  variant = g_variant_ref_sink (g_variant_new (
      "(ttsbxxa{sv})", json_object_get_int_member (object, "id"),
      json_object_get_int_member (object, "serial"),
      json_object_get_string_member (object, "text"),
      json_object_get_boolean_member (object, "final"),
      json_object_get_int_member (object, "start"), json_object_get_int_member (object, "end"), NULL));
  return cap_segment_new (variant);
}

/* Returns an array of CapSegment: every version of every segment in order of
 * arrival. */
static GPtrArray *
read_recording (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "recordings", "librivox.jsonl", NULL);
  GPtrArray *forms = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_segment_free);
  g_autofree char *text = NULL;
  g_auto (GStrv) rows = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  rows = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; rows[i] != NULL; i++)
    g_ptr_array_add (forms, read_form (rows[i]));
  g_assert_cmpuint (forms->len, >, 100);
  return forms;
}

/* Imitates a cloud service with the same text: it grows by words, and gets capitals
 * and punctuation when it is final. */

static char *
punctuate (char **words)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", words[i]);
      if (i % 5 == 4 && words[i + 1] != NULL)
        g_string_append_c (text, ',');
    }
  text->str[0] = g_ascii_toupper (text->str[0]);
  g_string_append_c (text, '.');
  return g_string_free (text, FALSE);
}

static void
add_form (GPtrArray *forms, const CapSegment *model, const char *text, gboolean final, gint64 end)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (
      g_variant_new ("(ttsbxxa{sv})", model->id, (guint64) forms->len + 1, text, final, model->start,
                     end, NULL));

  g_ptr_array_add (forms, cap_segment_new (row));
}

static GPtrArray *
make_cloud (GPtrArray *recording)
{
  GPtrArray *forms = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_segment_free);

  for (guint i = 0; i < recording->len; i++)
    {
      const CapSegment *model = recording->pdata[i];
      g_autoptr (GString) text = g_string_new (NULL);
      g_auto (GStrv) words = NULL;
      g_autofree char *final = NULL;

      if (!model->final)
        continue;
      words = g_strsplit (model->text, " ", -1);
      final = punctuate (words);
      for (guint w = 0; words[w] != NULL; w++)
        {
          g_string_append_printf (text, "%s%s", w > 0 ? " " : "", words[w]);
          add_form (forms, model, text->str, FALSE, model->end);
        }
      /* The imitation has no pauses between the sentences. */
      add_form (forms, model, final, TRUE, model->end + G_TIME_SPAN_SECOND);
    }

  return forms;
}

/* pictures */

typedef struct
{
  guint row; /* counted from the bottom */
  guint column;
  gboolean final;
} Place;

/* The words on the screen. */
typedef struct
{
  char *text;
  guint n_rows;
  GArray *words;  /* CapWordRange of the text */
  GArray *places; /* Place of each */
} Picture;

static void
picture_free (Picture *self)
{
  g_free (self->text);
  g_array_unref (self->words);
  g_array_unref (self->places);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Picture, picture_free)

/* @lines: each ends with a line break. @final: number of bytes at the beginning
 * that are final. */
static Picture *
picture_new (const char *lines, gsize final)
{
  Picture *self = g_new0 (Picture, 1);

  self->text = g_strdup (lines);
  self->words = cap_words_split (lines);
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));
  for (const char *p = lines; *p != '\0'; p++)
    self->n_rows += *p == '\n';

  for (guint i = 0; i < self->words->len; i++)
    {
      CapWordRange *word = &g_array_index (self->words, CapWordRange, i);
      const char *begin = lines + word->offset;
      const char *line = g_strrstr_len (lines, word->offset, "\n");
      g_autofree char *before = NULL;
      Place place = { self->n_rows - 1, 0, word->offset + word->length <= final };

      line = line != NULL ? line + 1 : lines;
      before = g_strndup (line, begin - line);
      place.column = cap_text_columns (before);
      for (const char *p = lines; p < begin; p++)
        place.row -= *p == '\n';
      g_array_append_val (self->places, place);
    }

  return self;
}

static gboolean
has_word (const Picture *self, const char *word, gsize length, const Place *place, guint shift)
{
  for (guint i = 0; i < self->words->len; i++)
    {
      CapWordRange *other = &g_array_index (self->words, CapWordRange, i);
      Place *there = &g_array_index (self->places, Place, i);

      if (there->row == place->row + shift && there->column == place->column)
        return other->length == length && memcmp (self->text + other->offset, word, length) == 0;
    }

  return FALSE;
}

/* changes */

typedef struct
{
  guint all;
  guint pushed; /* moved within their line */
  guint thrown; /* moved to another line */
  guint final;
  guint stayed; /* not final */
} Harm;

/* The harm if everything moved up by @shift lines on a screen of @height lines. */
static Harm
compare_shifted (const Picture *before, const Picture *after, guint height, guint shift)
{
  g_autofree guint *matches = cap_words_match (before->text, before->words, after->text, after->words);
  Harm harm = { 0 };

  for (guint i = 0; i < before->words->len; i++)
    {
      CapWordRange *word = &g_array_index (before->words, CapWordRange, i);
      Place *place = &g_array_index (before->places, Place, i);

      if (place->row + shift >= height)
        continue;
      if (has_word (after, before->text + word->offset, word->length, place, shift))
        {
          harm.stayed++;
          continue;
        }
      harm.all++;
      if (matches[i] != CAP_WORD_GONE)
        {
          Place *there = &g_array_index (after->places, Place, matches[i]);

          harm.pushed += there->row == place->row + shift;
          harm.thrown += there->row != place->row + shift;
        }
      harm.final += place->final;
    }

  return harm;
}

/* The least harm over all possible shifts. */
static Harm
compare (const Picture *before, const Picture *after, guint height)
{
  Harm least = compare_shifted (before, after, height, 0);

  for (guint shift = 1; shift < height; shift++)
    {
      Harm harm = compare_shifted (before, after, height, shift);

      /* Lines moved up only if some left at the top and others came at the bottom. */
      if (after->n_rows < MIN (height, before->n_rows + shift) || harm.stayed + harm.pushed == 0)
        continue;
      if (harm.all < least.all)
        least = harm;
    }

  return least;
}

static void
add_harm (Harm *sum, Harm harm)
{
  sum->all += harm.all;
  sum->pushed += harm.pushed;
  sum->thrown += harm.thrown;
  sum->final += harm.final;
}

/* two ways to show captions */

static Picture *
show_rolled (Screen *screen, const CapSegment *form)
{
  g_autofree char *lines = NULL;
  gsize final = 0;

  cap_roll_add (screen->roll, form, form->end);
  lines = screen_read (screen);
  for (guint i = 0; i < cap_roll_get_n_lines (screen->roll); i++)
    {
      CapRollLine *line = cap_roll_get_line (screen->roll, i);

      if (line->n_runs > 0 && !line->runs[0].final)
        break;
      final += line->n_runs > 0 ? line->runs[0].length : 0;
      if (line->n_runs > 1)
        break;
      final++;
    }

  return picture_new (lines, final);
}

typedef struct
{
  GString *text;
  gsize final;
} Plain;

static Picture *
show_plain (Plain *plain, const CapSegment *form, const Screen *screen)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  const char *text, *end;
  gsize cut;
  guint n = 0;

  g_string_truncate (plain->text, plain->final);
  g_string_append (plain->text, form->text);
  if (form->final)
    {
      g_string_append_c (plain->text, ' ');
      plain->final = plain->text->len;
    }

  for (text = plain->text->str; *text != '\0'; text = end, n++)
    {
      end = text + screen_fit (text, screen->columns);
      g_string_append_len (lines, text, end - text);
      lines->str[lines->len - 1] = lines->str[lines->len - 1] == ' ' ? '\n' : lines->str[lines->len - 1];
      if (lines->str[lines->len - 1] != '\n')
        g_string_append_c (lines, '\n');
    }

  text = lines->str;
  for (; n > screen->options.lines; n--)
    text = strchr (text, '\n') + 1;
  cut = text - lines->str;
  return picture_new (text, plain->final > cut ? plain->final - cut : 0);
}

/* figures */

typedef struct
{
  Harm rolled, wrapped;
  double minutes;
} Figures;

static void
measure_screen (GPtrArray *forms, guint height, guint columns, Figures *sum)
{
  const CapSegment *first = forms->pdata[0];
  const CapSegment *last = forms->pdata[forms->len - 1];
  g_autoptr (Screen) screen = screen_new (height, columns);
  g_autoptr (GString) text = g_string_new (NULL);
  Plain plain = { text, 0 };
  g_autoptr (Picture) rolled = picture_new ("", 0);
  g_autoptr (Picture) wrapped = picture_new ("", 0);

  sum->minutes += (double) (last->end - first->start) / G_TIME_SPAN_MINUTE;
  for (guint i = 0; i < forms->len; i++)
    {
      Picture *next_rolled = show_rolled (screen, forms->pdata[i]);
      Picture *next_wrapped = show_plain (&plain, forms->pdata[i], screen);

      add_harm (&sum->rolled, compare (rolled, next_rolled, height));
      add_harm (&sum->wrapped, compare (wrapped, next_wrapped, height));
      picture_free (rolled);
      picture_free (wrapped);
      rolled = next_rolled;
      wrapped = next_wrapped;
    }
}

static void
tell (const char *name, guint height, const char *how, const Harm *harm, double minutes)
{
  g_test_message ("%s, %u lines, %s: of what is shown %.0f words a minute change; %.1f of these are "
                  "pushed along their line, %.1f go to another line, %.1f were final",
                  name, height, how, harm->all / minutes, harm->pushed / minutes,
                  harm->thrown / minutes, harm->final / minutes);
}

/* Screens of many widths, because on a single one chance decides which words begin
 * a line. */
static Figures
measure (const char *name, GPtrArray *forms, guint height)
{
  Figures sum = { 0 };

  for (guint columns = 24; columns <= 64; columns++)
    measure_screen (forms, height, columns, &sum);

  tell (name, height, "rolled", &sum.rolled, sum.minutes);
  tell (name, height, "wrapped anew", &sum.wrapped, sum.minutes);
  return sum;
}

static void
test_recorded (void)
{
  g_autoptr (GPtrArray) forms = read_recording ();

  for (guint height = 2; height <= 4; height++)
    {
      Figures sum = measure ("the local engine", forms, height);

      g_assert_cmpuint (sum.rolled.final, ==, 0);
      g_assert_cmpuint (sum.rolled.all, <, sum.wrapped.all);
      g_assert_cmpuint (sum.rolled.thrown, <, sum.wrapped.thrown / 2);
    }
}

/* With text that only grows, little can be improved: the words behind each new
 * comma change. */
static void
test_cloud (void)
{
  g_autoptr (GPtrArray) recording = read_recording ();
  g_autoptr (GPtrArray) forms = make_cloud (recording);

  for (guint height = 2; height <= 4; height++)
    {
      Figures sum = measure ("like the cloud", forms, height);

      g_assert_cmpuint (sum.rolled.final, ==, 0);
      g_assert_cmpuint (sum.rolled.all, <=, sum.wrapped.all);
      g_assert_cmpuint (sum.rolled.thrown, <=, sum.wrapped.thrown);
    }
}

/* Tests the measure itself. */
static void
test_measure (void)
{
  const struct { const char *before, *after; guint all, thrown; } cases[] = {
    { "he was\n", "he was\n", 0, 0 },
    { "he was\n", "he was not\n", 0, 0 },
    { "he was\n", "he is\n", 1, 0 },
    { "he was\n", "she was\n", 2, 0 },
    { "he was\n", "he was\nnot\n", 0, 0 },
    { "he\nwas\nnot\n", "was\nnot\nill\n", 0, 0 },
    { "he was\nnot\n", "he\nwas not\n", 2, 1 },
    { "he was\nnot\n", "he was\n", 3, 2 },
    { "he was\nnot\n", "he was\n\n", 1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Picture) before = picture_new (cases[i].before, 0);
      g_autoptr (Picture) after = picture_new (cases[i].after, 0);
      Harm harm = compare (before, after, 3);

      g_assert_cmpuint (harm.all, ==, cases[i].all);
      g_assert_cmpuint (harm.thrown, ==, cases[i].thrown);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flicker/measure", test_measure);
  g_test_add_func ("/flicker/recorded", test_recorded);
  g_test_add_func ("/flicker/cloud", test_cloud);
  return g_test_run ();
}
