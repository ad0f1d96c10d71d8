/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/history-search.h"
#include "overlay/transcript/history.h"

#include <math.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
#define STREAM "/org/captiond/Captions1/stream/1"

/* A copy that is updated only by items-changed, as in a list on the screen. */
typedef struct
{
  CapHistory *history;
  GPtrArray *seen;
  guint changes;
} Fixture;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Fixture *fixture = data;

  fixture->changes++;
  g_assert_cmpuint (position + removed, <=, fixture->seen->len);
  if (removed > 0)
    g_ptr_array_remove_range (fixture->seen, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (fixture->seen, position + i, g_list_model_get_item (model, position + i));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->history = cap_history_new ();
  fixture->seen = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (fixture->history, "items-changed", G_CALLBACK (on_items_changed), fixture);
  cap_history_begin (fixture->history, STREAM, 1000 * SECOND);
}

static void
check_seen (Fixture *fixture)
{
  GListModel *model = G_LIST_MODEL (fixture->history);

  g_assert_cmpuint (g_list_model_get_n_items (model), ==, fixture->seen->len);
  for (guint i = 0; i < fixture->seen->len; i++)
    {
      g_autoptr (CapHistoryEntry) entry = g_list_model_get_item (model, i);

      g_assert_true (entry == fixture->seen->pdata[i]);
      if (i > 0)
        g_assert_cmpint (cap_history_entry_compare (fixture->seen->pdata[i - 1], entry), <, 0);
    }
  g_assert_null (g_list_model_get_item (model, fixture->seen->len));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  check_seen (fixture);
  g_object_unref (fixture->history);
  g_ptr_array_unref (fixture->seen);
}

/* @details: GVariant text, or NULL */
static void
add (Fixture *fixture, guint64 id, guint64 serial, const char *text, double start, const char *details)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (g_variant_new (
      "(ttsbxx@a{sv})", id, serial, text, TRUE, (gint64) (start * SECOND),
      (gint64) (start * SECOND) + SECOND,
      g_variant_new_parsed (details != NULL ? details : "@a{sv} {}")));
  g_autoptr (CapSegment) segment = cap_segment_new (row);

  cap_history_add (fixture->history, segment);
}

static char *
read_all (Fixture *fixture)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < fixture->seen->len; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? "|" : "",
                            cap_history_entry_get_segment (fixture->seen->pdata[i])->text);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

#define assert_reads(fixture, expected) \
  G_STMT_START \
    { \
      g_autofree char *all = read_all (fixture); \
      g_assert_cmpstr (all, ==, expected); \
      check_seen (fixture); \
    } \
  G_STMT_END

/* order */

static void
test_order (Fixture *fixture, gconstpointer data)
{
  add (fixture, 1, 1, "one", 1, NULL);
  add (fixture, 3, 2, "three", 3, NULL);
  add (fixture, 2, 3, "two", 2, NULL);
  add (fixture, 5, 4, "also five", 3, NULL);
  add (fixture, 4, 5, "four", 3, NULL);
  assert_reads (fixture, "one|two|three|four|also five");
  g_assert_cmpuint (fixture->changes, ==, 5);
}

static void
test_streams (Fixture *fixture, gconstpointer data)
{
  CapHistoryEntry *entry;

  add (fixture, 1, 1, "one", 50, NULL);
  cap_history_begin (fixture->history, STREAM, 2000 * SECOND);
  add (fixture, 1, 1, "one again", 1, NULL);
  add (fixture, 1, 2, "one again", 1, "{'translation': <'noch eins'>}");
  add (fixture, 2, 3, "before it", 0.5, NULL);
  assert_reads (fixture, "one|before it|one again");

  entry = fixture->seen->pdata[0];
  g_assert_cmpint (cap_history_entry_get_epoch (entry), ==, 1000 * SECOND);
  entry = fixture->seen->pdata[2];
  g_assert_cmpint (cap_history_entry_get_epoch (entry), ==, 2000 * SECOND);
  g_assert_cmpstr (cap_history_entry_get_translation (entry), ==, "noch eins");
}

/* The overlay hides and shows again, and the service sends everything again. */
static void
test_stream_again (Fixture *fixture, gconstpointer data)
{
  add (fixture, 1, 1, "one", 1, NULL);
  add (fixture, 2, 2, "two", 2, NULL);
  cap_history_begin (fixture->history, STREAM, 1000 * SECOND);
  add (fixture, 1, 1, "one", 1, NULL);
  add (fixture, 2, 4, "two", 2, "{'translation': <'zwei'>}");
  add (fixture, 3, 3, "three", 3, NULL);
  assert_reads (fixture, "one|two|three");
  g_assert_cmpstr (cap_history_entry_get_translation (fixture->seen->pdata[1]), ==, "zwei");

  /* Another stream in between. */
  cap_history_begin (fixture->history, STREAM "0", 1000 * SECOND);
  add (fixture, 1, 1, "other", 1, NULL);
  cap_history_begin (fixture->history, STREAM, 1000 * SECOND);
  add (fixture, 1, 5, "One", 1, NULL);
  add (fixture, 3, 3, "three", 3, NULL);
  add (fixture, 4, 4, "four", 4, NULL);
  assert_reads (fixture, "One|two|three|other|four");
  g_assert_cmpint (cap_history_entry_get_epoch (fixture->seen->pdata[4]), ==, 1000 * SECOND);

  /* The same path after a restart of the service. */
  cap_history_begin (fixture->history, STREAM, 2000 * SECOND);
  add (fixture, 1, 1, "anew", 1, NULL);
  assert_reads (fixture, "One|two|three|other|four|anew");
}

static void
test_many_streams (Fixture *fixture, gconstpointer data)
{
  for (guint round = 0; round < 2; round++)
    for (guint i = 1; i <= 8; i++)
      {
        cap_history_begin (fixture->history, STREAM, i * SECOND);
        add (fixture, 1, 1, "one", 1, NULL);
      }
  g_assert_cmpuint (fixture->seen->len, ==, 8);

  for (guint i = 9; i <= 1000; i++)
    {
      cap_history_begin (fixture->history, STREAM, i * SECOND);
      add (fixture, 1, 1, "one", 1, NULL);
    }
  g_assert_cmpuint (fixture->seen->len, ==, 1000);
}

/* newer versions */

static void
test_translation (Fixture *fixture, gconstpointer data)
{
  add (fixture, 1, 1, "one", 1, NULL);
  add (fixture, 2, 2, "two", 2, "{'speaker': <'Anna'>}");
  add (fixture, 1, 3, "one", 1, "{'translation': <'eins'>}");
  g_assert_cmpuint (fixture->changes, ==, 3);
  assert_reads (fixture, "one|two");
  g_assert_cmpstr (cap_history_entry_get_translation (fixture->seen->pdata[0]), ==, "eins");
  g_assert_cmpstr (cap_history_entry_get_speaker (fixture->seen->pdata[1]), ==, "Anna");

  /* Versions that are older or equal. */
  add (fixture, 1, 2, "old", 1, NULL);
  add (fixture, 1, 3, "same", 1, NULL);
  g_assert_cmpuint (fixture->changes, ==, 3);

  /* A faulty service moves it. */
  add (fixture, 1, 4, "one", 3, NULL);
  assert_reads (fixture, "two|one");
}

static void
test_retracted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapSegment) unknown = cap_segment_new_retracted (9, 10);
  g_autoptr (CapSegment) known = cap_segment_new_retracted (1, 10);
  g_autoptr (CapSegment) older = cap_segment_new_retracted (2, 1);

  add (fixture, 1, 1, "one", 1, NULL);
  add (fixture, 2, 2, "two", 2, NULL);
  cap_history_add (fixture->history, unknown);
  cap_history_add (fixture->history, older);
  cap_history_add (fixture->history, known);
  assert_reads (fixture, "two");

  /* The newest version has no text. */
  add (fixture, 2, 11, " ", 2, NULL);
  assert_reads (fixture, "");
}

static void
test_partials (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (
      g_variant_new ("(ttsbxxa{sv})", (guint64) 1, (guint64) 1, "part", FALSE, (gint64) 0, (gint64) 0, NULL));
  g_autoptr (CapSegment) segment = cap_segment_new (row);

  cap_history_add (fixture->history, segment);
  g_assert_cmpuint (fixture->changes, ==, 0);
}

/* input from outside */

static void
test_nonsense (Fixture *fixture, gconstpointer data)
{
  g_autofree char *much = g_strnfill (100 * 1000, 'x');
  g_autoptr (GVariant) row = NULL;
  g_autoptr (CapSegment) segment = NULL;
  CapHistoryEntry *entry;
  GDateTime *time;

  cap_history_begin (fixture->history, STREAM, G_MAXINT64);
  row = g_variant_ref_sink (g_variant_new ("(ttsbxxa{sv})", G_MAXUINT64, G_MAXUINT64, much, TRUE,
                                           G_MAXINT64, G_MININT64, NULL));
  segment = cap_segment_new (row);
  cap_history_add (fixture->history, segment);
  add (fixture, 1, 1, "line\nbreak \033[1m", 1,
       "{'gap': <1e300>, 'speaker': <7>, 'translation': <'a\\u202eb'>}");
  add (fixture, 2, 2, "", 2, "{'gap': <2.5>}");
  add (fixture, 3, 3, "", 3, "{'gap': <-1.0>}");
  g_assert_cmpuint (fixture->seen->len, ==, 3);

  entry = fixture->seen->pdata[0];
  g_assert_cmpstr (cap_history_entry_get_segment (entry)->text, ==, "line break [1m");
  g_assert_cmpstr (cap_history_entry_get_speaker (entry), ==, "");
  g_assert_cmpstr (cap_history_entry_get_translation (entry), ==, "ab");
  g_assert_cmpfloat (cap_history_entry_get_gap (entry), ==, 24 * 3600.0);
  g_assert_cmpfloat (cap_history_entry_get_gap (fixture->seen->pdata[1]), ==, 2.5);

  entry = fixture->seen->pdata[2];
  g_assert_cmpuint (strlen (cap_history_entry_get_segment (entry)->text), ==, 16 * 1024);
  g_assert_cmpint (cap_history_entry_get_segment (entry)->end, >=,
                   cap_history_entry_get_segment (entry)->start);
  time = cap_history_entry_get_time (entry);
  g_assert_nonnull (time);
  g_date_time_unref (time);
}

static void
test_cut_between_characters (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("x");
  const CapSegment *kept;

  while (text->len < 20 * 1024)
    g_string_append (text, "\u20ac");
  add (fixture, 1, 1, text->str, 1, NULL);

  kept = cap_history_entry_get_segment (fixture->seen->pdata[0]);
  g_assert_true (g_utf8_validate (kept->text, -1, NULL));
  g_assert_cmpuint (strlen (kept->text), >, 16 * 1024 - 4);
}

static void
test_same_voice (Fixture *fixture, gconstpointer data)
{
  add (fixture, 1, 1, "one", 1, "{'speaker': <'microphone'>}");
  add (fixture, 2, 2, "two", 2, "{'speaker': <'system'>}");
  g_assert_cmpstr (cap_history_entry_get_speaker (fixture->seen->pdata[0]), ==, "");
  g_assert_cmpstr (cap_history_entry_get_speaker (fixture->seen->pdata[1]), ==, "");
}

/* limits */

static gsize
count_bytes (Fixture *fixture)
{
  gsize bytes = 0;

  for (guint i = 0; i < fixture->seen->len; i++)
    bytes += cap_history_entry_get_size (fixture->seen->pdata[i]);
  return bytes;
}

static void
test_oldest_go (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (8 * 1024, 'x');
  guint64 id = 0;

  while (id < 2500)
    {
      id++;
      if (id % 1000 == 0)
        cap_history_begin (fixture->history, STREAM, (gint64) id * SECOND);
      add (fixture, id, id, text, id, NULL);
    }

  g_assert_cmpuint (count_bytes (fixture), <=, 16 * 1024 * 1024);
  g_assert_cmpuint (count_bytes (fixture), >, 15 * 1024 * 1024);
  g_assert_cmpuint (cap_history_entry_get_segment (fixture->seen->pdata[fixture->seen->len - 1])->id,
                    ==, 2500);
  check_seen (fixture);
}

static void
test_clear (Fixture *fixture, gconstpointer data)
{
  cap_history_clear (fixture->history);
  g_assert_cmpuint (fixture->changes, ==, 0);

  add (fixture, 1, 1, "one", 1, NULL);
  add (fixture, 2, 2, "two", 2, NULL);
  cap_history_clear (fixture->history);
  assert_reads (fixture, "");

  /* A translation does not restore a removed entry. */
  add (fixture, 2, 3, "two", 2, "{'translation': <'zwei'>}");
  add (fixture, 3, 4, "three", 3, NULL);
  assert_reads (fixture, "three");

  /* Restarting its stream does not restore it either. */
  cap_history_begin (fixture->history, STREAM "0", 1000 * SECOND);
  add (fixture, 1, 1, "other", 1, NULL);
  cap_history_clear (fixture->history);
  cap_history_begin (fixture->history, STREAM, 1000 * SECOND);
  add (fixture, 1, 1, "one", 1, NULL);
  add (fixture, 2, 3, "two", 2, NULL);
  add (fixture, 3, 4, "three", 3, NULL);
  add (fixture, 4, 5, "four", 4, NULL);
  assert_reads (fixture, "four");
}

/* search */

static void
test_search (void)
{
  const struct { const char *words, *text, *found; } cases[] = {
    { "budget", "The Budget first", "Budget" },
    { "  the   BUD ", "The Budget first", "The Bud" },
    { "desolee", "je suis désolée", "désolée" },
    { "désolée", "je suis desolee", "desolee" },
    { "desolee", "je suis de\u0301sole\u0301e\u0301!", "de\u0301sole\u0301e\u0301" },
    { "e", "ne\u0301", "e\u0301" },
    { "σοφος", "ΣΟΦΌΣ και σοφός", "ΣΟΦΌΣ" },
    { "שלום", "שָׁלוֹם לכולם", "שָׁלוֹם" },
    { "かき", "ガかぎ かき", "かき" }, /* a different letter, not one with an accent */
    { "fi", "a \ufb01re", "\ufb01" },
    { "ab", "aab", "ab" },
    { "zebra", "The Budget first", NULL },
    { "longer than the text", "longer", NULL },
    { "", "anything", NULL },
    { "\u0301", "anything", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CapHistorySearch) search = cap_history_search_new (cases[i].words);
      g_autoptr (GArray) matches = cap_history_search_find (search, cases[i].text, 1);
      g_autofree char *found = NULL;

      if (matches->len > 0)
        {
          const CapHistoryMatch *match = &g_array_index (matches, CapHistoryMatch, 0);

          found = g_strndup (cases[i].text + match->begin, match->end - match->begin);
        }
      g_assert_cmpstr (found, ==, cases[i].found);
    }
}

static void
test_search_on (void)
{
  const struct { const char *words, *text; guint most, expected; } cases[] = {
    { "an", "Än banana", 10, 3 },
    { "an", "Än banana", 2, 2 },
    { "aa", "aaaaa", 10, 2 },
    { "f", "\ufb00f", 10, 2 }, /* a match ends at the end of a character */
    { "e", "e\u0301\u0301e", 10, 2 },
    { "", "banana", 10, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CapHistorySearch) search = cap_history_search_new (cases[i].words);
      g_autoptr (GArray) matches = cap_history_search_find (search, cases[i].text, cases[i].most);
      gsize end = 0;

      g_assert_cmpuint (matches->len, ==, cases[i].expected);
      for (guint m = 0; m < matches->len; m++)
        {
          const CapHistoryMatch *match = &g_array_index (matches, CapHistoryMatch, m);

          g_assert_cmpuint (match->begin, >=, end);
          g_assert_cmpuint (match->end, >, match->begin);
          end = match->end;
        }
      g_assert_cmpuint (end, <=, strlen (cases[i].text));
    }
}

/* A search that matches everything costs no more than one that matches nothing. */
static void
test_search_long (void)
{
  g_autoptr (CapHistorySearch) search = cap_history_search_new ("a");
  g_autofree char *text = g_strnfill (200 * 1000, 'a');
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GArray) matches = cap_history_search_find (search, text, G_MAXUINT);

  g_assert_cmpuint (matches->len, ==, 200 * 1000);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 5 * G_TIME_SPAN_SECOND);
}

/* An hour has several thousand segments. */
static void
test_thousands (Fixture *fixture, gconstpointer data)
{
  gint64 begin = g_get_monotonic_time ();

  for (guint64 id = 1; id <= 50000; id++)
    {
      add (fixture, id, id, "what is said in a sentence or so", id, NULL);
      if (id > 3)
        add (fixture, id - 3, id, "what is said in a sentence or so", id - 3,
             "{'translation': <'was so in einem Satz gesagt wird'>}");
    }

  g_test_message ("%.1f microseconds for each", (g_get_monotonic_time () - begin) / 100000.0);
  g_assert_cmpuint (fixture->seen->len, ==, 50000);
}

#define add_test(path, function) \
  g_test_add ("/history/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/history/search", test_search);
  g_test_add_func ("/history/search-on", test_search_on);
  g_test_add_func ("/history/search-long", test_search_long);
  add_test ("order", test_order);
  add_test ("streams", test_streams);
  add_test ("stream-again", test_stream_again);
  add_test ("many-streams", test_many_streams);
  add_test ("translation", test_translation);
  add_test ("retracted", test_retracted);
  add_test ("partials", test_partials);
  add_test ("nonsense", test_nonsense);
  add_test ("cut-between-characters", test_cut_between_characters);
  add_test ("same-voice", test_same_voice);
  add_test ("oldest-go", test_oldest_go);
  add_test ("clear", test_clear);
  add_test ("thousands", test_thousands);

  return g_test_run ();
}
