/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/format.h"
#include "captionctl/table.h"
#include "captionctl/variant-json.h"
#include "common/text.h"

#include <math.h>

#define ERASE "\r\033[J"

static CapSegment *
segment (guint64 id, guint64 serial, const char *text, gboolean final, gint64 start)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (
      g_variant_new ("(ttsbxxa{sv})", id, serial, text, final, start, start + 1, NULL));

  return cap_segment_new (row);
}

static void
put (const CapFormat *format, gpointer formatter, GString *out, CapSegment *taken)
{
  g_autoptr (CapSegment) given = taken;

  g_string_truncate (out, 0);
  format->segment (formatter, given, out);
}

/* text */

static void
test_clean (void)
{
  const struct { const char *given, *expected; } cases[] = {
    { "hello", "hello" },
    { "  hello \t\r\n world \n", "hello world" },
    { "\033[31mred\033[0m\a", "[31mred[0m" },
    { "\302\233" "31m", "31m" },             /* the same escape sequence in its C1 form */
    { "a\342\200\256b\342\201\246c", "abc" }, /* override, isolate */
    { "a\342\200\250b", "a b" },             /* line separator */
    { "ol\303\251 \360\237\231\202", "ol\303\251 \360\237\231\202" },
    { "a\377b", "a\357\277\275b" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *clean = cap_text_clean (cases[i].given);

      g_assert_cmpstr (clean, ==, cases[i].expected);
    }
}

static void
test_columns (void)
{
  g_assert_cmpuint (cap_text_columns (""), ==, 0);
  g_assert_cmpuint (cap_text_columns ("abc"), ==, 3);
  g_assert_cmpuint (cap_text_columns ("日本"), ==, 4);
  g_assert_cmpuint (cap_text_columns ("e\xCC\x81"), ==, 1);
}

static void
test_wrap (void)
{
  const struct
  {
    const char *text;
    guint columns;
    const char *expected;
  } cases[] = {
    { "", 10, "" },
    { "he was not", 10, "he was not" },
    { "he was not", 9, "he was\nnot" },
    { "he was not", 1, "he\nwas\nnot" },
    { "日本 語", 4, "日本\n語" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *wrapped = cap_text_wrap (cases[i].text, cases[i].columns);

      g_assert_cmpstr (wrapped, ==, cases[i].expected);
    }
}

static void
test_tail (void)
{
  const struct { const char *text; guint columns; const char *expected; } cases[] = {
    { "hello", 5, "hello" },
    { "hello", 4, "…llo" },
    { "hello", 1, "…" },
    { "hello", 0, "" },
    { "日本語", 6, "日本語" },
    { "日本語", 5, "…本語" },
    { "日本語", 4, "…語" }, /* half a character does not fit */
    { "abe\xCC\x81", 2, "…e\xCC\x81" },
    { "ae\xCC\x81" "bc", 3, "…bc" }, /* a combining mark needs its letter */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *tail = cap_text_tail (cases[i].text, cases[i].columns);

      g_assert_cmpstr (tail, ==, cases[i].expected);
      g_assert_cmpuint (cap_text_columns (tail), <=, cases[i].columns);
    }
}

static void
test_table (void)
{
  g_autoptr (CapTable) table = cap_table_new (3);
  g_autofree char *text = NULL;

  cap_table_add (table, "A", "NAME", "USE");
  cap_table_add (table, "app:日本", "two\nlines", "");
  text = cap_table_print (table, " ");
  g_assert_cmpstr (text, ==, " A         NAME       USE\n"
                             " app:日本  two lines\n");
}

static void
test_table_breaks_its_last_column (void)
{
  g_autoptr (CapTable) table = cap_table_new (2);
  g_autofree char *narrow = NULL;
  g_autofree char *whole = NULL;

  cap_table_add (table, "State", "a sentence that is too long for the line");
  cap_table_add (table, "B", "");
  narrow = cap_table_print_within (table, "  ", 30);
  g_assert_cmpstr (narrow, ==, "  State  a sentence that is\n"
                               "         too long for the line\n"
                               "  B\n");
  whole = cap_table_print_within (table, "  ", 28);
  g_assert_cmpstr (whole, ==, "  State  a sentence that is too long for the line\n"
                              "  B\n");
}

/* the terminal */

static void
test_pipe_takes_finals (void)
{
  gpointer text = cap_format_text.open (NULL, TRUE);
  g_autoptr (GString) out = g_string_new (NULL);

  put (&cap_format_text, text, out, segment (1, 1, "hel", FALSE, 0));
  g_assert_cmpstr (out->str, ==, "");
  put (&cap_format_text, text, out, segment (1, 2, "hello\nworld", TRUE, 0));
  g_assert_cmpstr (out->str, ==, "hello world\n");
  put (&cap_format_text, text, out, segment (1, 3, "hello\nworld", TRUE, 0));
  g_assert_cmpstr (out->str, ==, "");
  put (&cap_format_text, text, out, segment (2, 4, " ", TRUE, 0));
  g_assert_cmpstr (out->str, ==, "");

  cap_format_text.close (text);
}

static void
test_line_is_rewritten (void)
{
  CapTerminal terminal;
  gpointer text;
  g_autoptr (GString) out = g_string_new (NULL);

  cap_terminal_init (&terminal, 23);
  text = cap_format_text.open (&terminal, TRUE);

  put (&cap_format_text, text, out, segment (2, 1, "second", FALSE, 20));
  g_assert_cmpstr (out->str, ==, "second");
  /* Earlier speech comes first, whatever arrives first. */
  put (&cap_format_text, text, out, segment (1, 2, "first", FALSE, 10));
  g_assert_cmpstr (out->str, ==, ERASE "first second");
  put (&cap_format_text, text, out, segment (2, 3, "second and more", FALSE, 20));
  g_assert_cmpstr (out->str, ==, ERASE "…rst second and more");
  put (&cap_format_text, text, out, segment (1, 4, "First.", TRUE, 10));
  g_assert_cmpstr (out->str, ==, ERASE "First.\nsecond and more");
  put (&cap_format_text, text, out, cap_segment_new_retracted (2, 5));
  g_assert_cmpstr (out->str, ==, ERASE);

  cap_format_text.close (text);
}

static void
test_narrower_window (void)
{
  CapTerminal terminal;
  g_autoptr (GString) out = g_string_new (NULL);

  cap_terminal_init (&terminal, 40);
  terminal.reflows = TRUE;
  cap_terminal_draw (&terminal, "twenty-five columns of it", out);
  g_string_truncate (out, 0);

  /* In a window of 10 columns, the 25 columns take three rows, and the cursor is in the
   * last. */
  terminal.width = 10;
  cap_terminal_draw (&terminal, "twenty-five columns of it", out);
  g_assert_cmpstr (out->str, ==, "\033[2A" ERASE "… of it");

  g_string_truncate (out, 0);
  terminal.width = 1;
  cap_terminal_draw (&terminal, "日本", out);
  g_assert_true (g_str_has_suffix (out->str, ERASE "…"));
}

static void
test_notes (void)
{
  CapTerminal terminal;
  CapState state = { "/s/1", "waiting", "r", "No \033application.", "app:a", "", "local", "", "", 0 };
  gpointer text;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) notes = g_string_new (NULL);

  cap_terminal_init (&terminal, 40);
  text = cap_format_text.open (&terminal, TRUE);
  put (&cap_format_text, text, out, segment (1, 1, "words", FALSE, 0));

  g_string_truncate (out, 0);
  cap_format_text.state (text, &state, out, notes);
  g_assert_cmpstr (out->str, ==, ERASE);
  g_assert_cmpstr (notes->str, ==, "\033[2mWaiting: No application.\033[0m\n");

  g_string_truncate (out, 0);
  cap_format_text.redraw (text, out);
  g_assert_cmpstr (out->str, ==, "words");

  g_string_truncate (notes, 0);
  cap_format_text.state (text, &state, out, notes);
  g_assert_cmpstr (notes->str, ==, "");

  cap_format_text.close (text);
}

static void
test_details_in_text (void)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (g_variant_new_parsed (
      "(uint64 1, uint64 1, 'hello', true, int64 0, int64 1, {'speaker': <'Ann'>, 'gap': <2.5>})"));
  gpointer text = cap_format_text.open (NULL, FALSE);
  g_autoptr (GString) out = g_string_new (NULL);

  put (&cap_format_text, text, out, cap_segment_new (row));
  g_assert_cmpstr (out->str, ==, "[2.5 s of speech lost] Ann: hello\n");
  cap_format_text.close (text);
}

static void
test_state_sentences (void)
{
  const struct { CapState state; const char *expected; } cases[] = {
    { { "", "listening", "", "", "system", "Test Speakers", "local", "", "", 0 },
      "Listening to Test Speakers." },
    { { "", "listening", "", "", "system", "", "local", "", "", 0 },
      "Listening to the default output." },
    { { "", "listening", "r", "PocketSphinx continues instead. Why.", "system", "", "local", "", "", 0 },
      "Listening to the default output. PocketSphinx continues instead. Why." },
    { { "", "listening", "", "", "microphone", "Mic", "x", "api.example.org", "", 0 },
      "Listening to Mic. Speech is sent to api.example.org." },
    { { "", "listening", "", "", "microphone", "Mic", "cloud", "", "", 0 },
      "Listening to Mic with the local engine, because \"cloud\" is unavailable. No speech is sent." },
    { { "", "connecting", "", "", "", "", "x", "api.example.org", "", 0 },
      "Connecting to api.example.org." },
    { { "", "waiting", "", "", "", "", "", "", "", 0 }, "Waiting." },
    { { "", "failed", "r", "m", "", "", "", "", "", 0 }, NULL },
    { { "", "of-a-later-version", "", "", "", "", "", "", "", 0 }, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sentence = cap_state_to_sentence (&cases[i].state);

      g_assert_cmpstr (sentence, ==, cases[i].expected);
    }
}

/* JSON */

static void
test_json_values (void)
{
  const struct { const char *given, *expected; } cases[] = {
    { "{'a': <true>, 'b': <uint32 7>, 'c': <int64 -9>, 'd': <0.5>}",
      "{\"a\":true,\"b\":7,\"c\":-9,\"d\":0.5}" },
    { "{'words': <[('a\"b', int64 1, int64 2)]>}",
      "{\"words\":[{\"word\":\"a\\\"b\",\"start\":1,\"end\":2}]}" },
    { "{'of a later version': <(1, ['x'], {'y': <<byte 3>>})>}",
      "{\"of a later version\":[1,[\"x\"],{\"y\":3}]}" },
    { "@aa{sv} []", "[]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (cases[i].given));
      g_autofree char *json = cap_variant_to_json (value);

      g_assert_cmpstr (json, ==, cases[i].expected);
    }
}

static void
test_json_is_always_valid (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_double (NAN));
  g_autofree char *json = cap_variant_to_json (value);

  g_assert_cmpstr (json, ==, "null");
}

static void
test_json_retractions (void)
{
  gpointer json = cap_format_json.open (NULL, TRUE);
  g_autoptr (GString) out = g_string_new (NULL);

  put (&cap_format_json, json, out, cap_segment_new_retracted (9, 1));
  g_assert_cmpstr (out->str, ==, "");
  put (&cap_format_json, json, out, segment (9, 2, "oh", FALSE, 5));
  g_assert_cmpstr (out->str, ==, "{\"type\":\"segment\",\"id\":9,\"serial\":2,\"text\":\"oh\",\"final\":false,"
                                 "\"start\":5,\"end\":6,\"details\":{}}\n");
  put (&cap_format_json, json, out, cap_segment_new_retracted (9, 3));
  g_assert_cmpstr (out->str, ==, "{\"type\":\"retracted\",\"id\":9,\"serial\":3}\n");

  cap_format_json.close (json);
}

int
main (int argc, char **argv)
{
  g_setenv ("TERM", "xterm", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/text/clean", test_clean);
  g_test_add_func ("/text/columns", test_columns);
  g_test_add_func ("/text/tail", test_tail);
  g_test_add_func ("/text/wrap", test_wrap);
  g_test_add_func ("/text/table", test_table);
  g_test_add_func ("/text/table-breaks-its-last-column", test_table_breaks_its_last_column);
  g_test_add_func ("/format/a-pipe-gets-only-finals", test_pipe_takes_finals);
  g_test_add_func ("/format/line-is-rewritten", test_line_is_rewritten);
  g_test_add_func ("/format/narrower-window", test_narrower_window);
  g_test_add_func ("/format/notes", test_notes);
  g_test_add_func ("/format/details", test_details_in_text);
  g_test_add_func ("/format/states", test_state_sentences);
  g_test_add_func ("/json/values", test_json_values);
  g_test_add_func ("/json/always-valid", test_json_is_always_valid);
  g_test_add_func ("/json/retractions", test_json_retractions);

  return g_test_run ();
}
