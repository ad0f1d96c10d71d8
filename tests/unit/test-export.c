/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/text.h"
#include "overlay/transcript/export-cues.h"
#include "overlay/transcript/export.h"
#include "overlay/transcript/history.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define STREAM "/org/captiond/Captions1/stream/1"
#define EPOCH (G_GINT64_CONSTANT (1777630000) * SECOND) /* Friday, 1 May 2026, 10:06:40 */

typedef struct
{
  CapHistory *history;
  GListModel *entries;
  guint64 next;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->history = cap_history_new ();
  fixture->entries = G_LIST_MODEL (fixture->history);
  cap_history_begin (fixture->history, STREAM, EPOCH);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->history);
}

/* @details: GVariant text, or NULL */
static void
add (Fixture *fixture, double start, double end, const char *text, const char *details)
{
  g_autoptr (GVariant) row = NULL;
  g_autoptr (CapSegment) segment = NULL;

  fixture->next++;
  row = g_variant_ref_sink (g_variant_new (
      "(ttsbxx@a{sv})", fixture->next, fixture->next, text, TRUE, (gint64) (start * SECOND),
      (gint64) (end * SECOND), g_variant_new_parsed (details != NULL ? details : "@a{sv} {}")));
  segment = cap_segment_new (row);
  cap_history_add (fixture->history, segment);
}

#define assert_export(fixture, format, expected) \
  G_STMT_START \
    { \
      g_autofree char *composed = (format).compose ((fixture)->entries); \
      g_assert_cmpstr (composed, ==, expected); \
    } \
  G_STMT_END

/* formats */

static void
test_find (void)
{
  g_assert_true (cap_export_find ("a.b.srt") == &cap_export_srt);
  g_assert_true (cap_export_find ("A.VTT") == &cap_export_vtt);
  g_assert_true (cap_export_find ("a.txt") == &cap_export_text);
  g_assert_null (cap_export_find ("a.doc"));
  g_assert_null (cap_export_find ("srt"));
  g_assert_null (cap_export_find ("a."));
  g_assert_true (cap_export_list ()[0] == &cap_export_text);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  assert_export (fixture, cap_export_text, "");
  assert_export (fixture, cap_export_srt, "");
  assert_export (fixture, cap_export_vtt, "WEBVTT\n");
}

static void
test_text (Fixture *fixture, gconstpointer data)
{
  add (fixture, 0, 1, "Good morning.", "{'speaker': <'Anna'>}");
  add (fixture, 2, 3, "Hello.", "{'speaker': <'system'>, 'translation': <'Hallo.'>}");
  add (fixture, 4, 5, "", "{'gap': <2.54>}");
  add (fixture, 6, 7, "There you are.", "{'gap': <1.0>, 'speaker': <'Bo'>}");
  add (fixture, 600, 601, "Later.", NULL);
  add (fixture, 899, 900, "Hardly later.", NULL);
  cap_history_begin (fixture->history, STREAM, EPOCH + 13 * 3600 * SECOND + 3190 * SECOND);
  add (fixture, 0, 20, "Another stream.", NULL);
  add (fixture, 30, 31, "Another day.", NULL);

  assert_export (fixture, cap_export_text,
                 "Friday, 1 May 2026\n"
                 "10:06:40  Anna: Good morning.\n"
                 "10:06:42  Hello.\n"
                 "          Hallo.\n"
                 "10:06:44  [2.5 s of speech were lost here]\n"
                 "10:06:46  [1.0 s of speech were lost here] Bo: There you are.\n"
                 "\n"
                 "Friday, 1 May 2026\n"
                 "10:16:40  Later.\n"
                 "10:21:39  Hardly later.\n"
                 "\n"
                 "Friday, 1 May 2026\n"
                 "23:59:50  Another stream.\n"
                 "\n"
                 "Saturday, 2 May 2026\n"
                 "00:00:20  Another day.\n");
}

static void
test_srt (Fixture *fixture, gconstpointer data)
{
  add (fixture, 5, 6.5, "Good morning.", "{'speaker': <'Anna'>}");
  add (fixture, 7, 7, "", "{'gap': <2.5>}");
  add (fixture, 3665.25, 3667, "a --> b ---> c", "{'translation': <'not here'>}");
  add (fixture, 3670, 3671, "<unk> </i> 2 > 1", "{'speaker': <'<Bo>'>}");

  assert_export (fixture, cap_export_srt,
                 "1\n"
                 "00:00:00,000 --> 00:00:01,500\n"
                 "Anna: Good morning.\n"
                 "\n"
                 "2\n"
                 "01:01:00,250 --> 01:01:02,000\n"
                 "a → b -→ c\n"
                 "\n"
                 "3\n"
                 "01:01:05,000 --> 01:01:06,000\n"
                 "‹Bo›: ‹unk› ‹/i› 2 › 1\n");
}

static void
test_vtt (Fixture *fixture, gconstpointer data)
{
  add (fixture, 5, 6.5, "Is 1 < 2 && 2 > 1?", "{'speaker': <'<Anna>'>}");
  add (fixture, 7, 8, "a --> b", NULL);

  assert_export (fixture, cap_export_vtt,
                 "WEBVTT\n"
                 "\n"
                 "00:00:00.000 --> 00:00:01.500\n"
                 "<v &lt;Anna&gt;>Is 1 &lt; 2 &amp;&amp; 2 &gt; 1?\n"
                 "\n"
                 "00:00:02.000 --> 00:00:03.000\n"
                 "a --&gt; b\n");
}

/* times */

static void
check_times (GPtrArray *cues)
{
  for (guint i = 0; i < cues->len; i++)
    {
      const CapCue *cue = cues->pdata[i];

      g_assert_cmpint (cue->end - cue->begin, >=, 700000);
      if (i > 0)
        g_assert_cmpint (cue->begin, >=, ((CapCue *) cues->pdata[i - 1])->end);
      else
        g_assert_cmpint (cue->begin, ==, 0);
    }
}

static void
test_overlaps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) cues = NULL;
  const gint64 begins[] = { 0, 2000000, 2700000, 3400000, 9000000 };

  add (fixture, 1, 5, "one", NULL);
  add (fixture, 3, 3.1, "two", NULL);
  add (fixture, 3, 3.2, "three", NULL);
  add (fixture, 3.2, 4, "four", NULL);
  add (fixture, 10, 10, "five", NULL);

  cues = cap_cues_new (fixture->entries);
  check_times (cues);
  g_assert_cmpuint (cues->len, ==, G_N_ELEMENTS (begins));
  for (guint i = 0; i < cues->len; i++)
    g_assert_cmpint (((CapCue *) cues->pdata[i])->begin, ==, begins[i]);
}

/* Between two streams, somebody set the clock back, or hours passed. */
static void
test_clock (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) cues = NULL;

  add (fixture, 10, 11, "one", NULL);
  cap_history_begin (fixture->history, STREAM, EPOCH - 3600 * SECOND);
  add (fixture, 0, 1, "two", NULL);
  add (fixture, 5, 6, "three", NULL);
  cap_history_begin (fixture->history, STREAM, EPOCH + 3600 * SECOND);
  add (fixture, 0, 1, "four", NULL);

  cues = cap_cues_new (fixture->entries);
  check_times (cues);
  g_assert_cmpint (((CapCue *) cues->pdata[1])->begin, ==, SECOND);
  g_assert_cmpint (((CapCue *) cues->pdata[2])->begin, ==, 6 * SECOND);
  g_assert_cmpint (((CapCue *) cues->pdata[3])->begin, ==, 7201 * SECOND);
}

/* long segments */

#define SENTENCE "When the microphone is far away the engine hears less and less of what " \
                 "is said, and of what it hears, it understands only a part of the words."

/* Asserts that all words are there, in at most two lines of 42 columns. */
static void
check_lines (GPtrArray *cues, const char *expected, gboolean spaced)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < cues->len; i++)
    {
      const CapCue *cue = cues->pdata[i];
      g_auto (GStrv) lines = g_strsplit (cue->text, "\n", -1);

      g_assert_cmpuint (g_strv_length (lines), >=, 1);
      g_assert_cmpuint (g_strv_length (lines), <=, 2);
      for (guint j = 0; lines[j] != NULL; j++)
        {
          guint name = j == 0 && cue->first && *cue->speaker != '\0' ? cap_text_columns (cue->speaker) + 2 : 0;

          g_assert_cmpuint (cap_text_columns (lines[j]) + name, <=, 42);
          g_assert_cmpstr (lines[j], !=, "");
          g_string_append_printf (all, "%s%s", spaced && all->len > 0 ? " " : "", lines[j]);
        }
    }
  g_assert_cmpstr (all->str, ==, expected);
}

static void
test_split_by_length (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) cues = NULL;
  CapCue *second;

  add (fixture, 2, 12, SENTENCE, "{'speaker': <'Anna'>}");
  cues = cap_cues_new (fixture->entries);
  check_times (cues);
  check_lines (cues, SENTENCE, TRUE);
  g_assert_cmpuint (cues->len, ==, 2);

  /* No cue has a single word. */
  second = cues->pdata[1];
  g_assert_cmpint (second->begin, >, 4 * SECOND);
  g_assert_cmpint (second->begin, <, 6 * SECOND);
  g_assert_cmpint (second->end, ==, 10 * SECOND);
  g_assert_cmpstr (second->speaker, ==, "Anna");
  g_assert_false (second->first);
}

static void
test_one_more_word (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) cues = NULL;

  add (fixture, 0, 3, "It is only a little longer than one line is.", NULL);
  cues = cap_cues_new (fixture->entries);
  g_assert_cmpuint (cues->len, ==, 1);
  g_assert_cmpstr (((CapCue *) cues->pdata[0])->text, ==, "It is only a little\nlonger than one line is.");
}

/* The speaker begins slowly, so "said" begins late. One word differs from the text, as
 * some services send it. */
static void
test_split_by_words (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) words = g_strsplit (SENTENCE, " ", -1);
  g_autoptr (GString) details = g_string_new ("{'words': <[");
  g_autoptr (GPtrArray) cues = NULL;
  CapCue *first, *second;
  guint n = g_strv_length (words);

  for (guint i = 0; i < n; i++)
    {
      gint64 start = i < 15 ? i * SECOND / 2 : 8 * SECOND + (i - 15) * SECOND / 10;

      g_string_append_printf (details, "%s('%s', int64 %" G_GINT64_FORMAT ", int64 %" G_GINT64_FORMAT ")",
                              i > 0 ? ", " : "", i == 5 ? "AWAY" : words[i], start, start + SECOND / 20);
    }
  g_string_append (details, "]>}");
  add (fixture, 0, 10, SENTENCE, details->str);

  cues = cap_cues_new (fixture->entries);
  check_times (cues);
  check_lines (cues, SENTENCE, TRUE);
  g_assert_cmpuint (cues->len, ==, 2);
  first = cues->pdata[0];
  second = cues->pdata[1];
  g_assert_cmpstr (first->text, ==, "When the microphone is far away the\nengine hears less and less of what is");
  g_assert_cmpint (first->end, ==, 7 * SECOND + SECOND / 20);
  g_assert_cmpint (second->begin, ==, 8 * SECOND);
}

/* The word times come from another clock. */
static void
test_words_of_another_time (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) cues = NULL;

  add (fixture, 0, 10, SENTENCE, "{'words': <[('When', int64 999000000, int64 999000001), ('', 0, 0)]>}");
  cues = cap_cues_new (fixture->entries);
  check_times (cues);
  g_assert_cmpuint (cues->len, ==, 2);
  g_assert_cmpint (((CapCue *) cues->pdata[1])->end, ==, 10 * SECOND);
}

static void
test_no_spaces (Fixture *fixture, gconstpointer data)
{
  const char *japanese = "音声認識の結果は、話している間に少しずつ変わります。最後に確定した文だけがここに残ります。"
                         "それまでの文は表示されますが、保存されません。";
  g_autofree char *word = g_strnfill (200, 'x');
  g_autoptr (GPtrArray) cues = NULL;

  add (fixture, 0, 10, japanese, NULL);
  cues = cap_cues_new (fixture->entries);
  check_times (cues);
  check_lines (cues, japanese, FALSE);
  for (guint i = 0; i < cues->len; i++)
    g_assert_false (g_str_has_prefix (((CapCue *) cues->pdata[i])->text, "。")
                    || strstr (((CapCue *) cues->pdata[i])->text, "\n、") != NULL);

  cap_history_clear (fixture->history);
  add (fixture, 20, 30, word, "{'speaker': <'Somebody with an exceedingly long name'>}");
  g_ptr_array_unref (cues);
  cues = cap_cues_new (fixture->entries);
  check_lines (cues, word, FALSE);
}

/* Saving hours of text is fast. */
static void
test_much (Fixture *fixture, gconstpointer data)
{
  gint64 begin;

  for (guint i = 0; i < 4000; i++)
    add (fixture, 4 * i, 4 * i + 4, SENTENCE, "{'speaker': <'Anna'>}");

  for (guint i = 0; cap_export_list ()[i] != NULL; i++)
    {
      const CapExport *format = cap_export_list ()[i];
      g_autofree char *text = NULL;

      begin = g_get_monotonic_time ();
      text = format->compose (fixture->entries);
      g_test_message ("%s: %zu bytes in %d ms", format->extension, strlen (text),
                      (int) ((g_get_monotonic_time () - begin) / 1000));
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

#define add_test(path, function) \
  g_test_add ("/export/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/export/find", test_find);
  add_test ("empty", test_empty);
  add_test ("text", test_text);
  add_test ("srt", test_srt);
  add_test ("vtt", test_vtt);
  add_test ("overlaps", test_overlaps);
  add_test ("clock", test_clock);
  add_test ("split-by-length", test_split_by_length);
  add_test ("one-more-word", test_one_more_word);
  add_test ("split-by-words", test_split_by_words);
  add_test ("words-of-another-time", test_words_of_another_time);
  add_test ("no-spaces", test_no_spaces);
  add_test ("much", test_much);

  return g_test_run ();
}
