/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/json.h"
#include "dbus/error.h"

#include <string.h>

static JsonNode *
parse (const char *text)
{
  return cap_json_parse (text, strlen (text), NULL);
}

static void
assert_refused (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cap_json_parse (text, length, &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_PROTOCOL_ERROR);
  g_assert_true (g_str_has_suffix (error->message, "."));
}

static char *
nested (int depth)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < depth; i++)
    g_string_append_c (text, '[');
  for (int i = 0; i < depth; i++)
    g_string_append_c (text, ']');

  return g_string_free (text, FALSE);
}

static void
members_are_found_by_path (void)
{
  g_autoptr (JsonNode) node = parse (" {\"a\": {\"b\": {\"c\": \"deep\", \"n\": 2.5}}, \"list\": [1]} ");

  g_assert_cmpstr (cap_json_get_string (node, "a.b.c"), ==, "deep");
  g_assert_cmpfloat (cap_json_get_number (node, "a.b.n", 0), ==, 2.5);
  g_assert_nonnull (cap_json_get_object (node, "a.b"));
  g_assert_cmpuint (json_array_get_length (cap_json_get_array (node, "list")), ==, 1);
  g_assert_true (cap_json_has (node, "a.b.c"));
}

static void
what_is_missing_or_of_another_type_is_nothing (void)
{
  g_autoptr (JsonNode) node = parse ("{\"null\": null, \"text\": \"word\","
                                     " \"list\": [{\"a\": 1}], \"yes\": true}");

  g_assert_null (cap_json_get_string (node, "none"));
  g_assert_null (cap_json_get_string (node, "null"));
  g_assert_null (cap_json_get_string (node, "list"));
  g_assert_null (cap_json_get_string (node, "yes"));
  g_assert_null (cap_json_get_string (node, "text.more"));
  g_assert_null (cap_json_get_string (node, "list.a"));
  g_assert_null (cap_json_get_object (node, "list"));
  g_assert_null (cap_json_get_array (node, "text"));
  g_assert_cmpfloat (cap_json_get_number (node, "text", 7), ==, 7);
  g_assert_cmpfloat (cap_json_get_number (node, "yes", 7), ==, 7);
  g_assert_cmpfloat (cap_json_get_number (node, "null", 7), ==, 7);
  g_assert_true (cap_json_has (node, "null"));
  g_assert_false (cap_json_has (node, "none"));
}

static void
numbers_may_be_texts_but_must_be_numbers (void)
{
  g_autoptr (JsonNode) node = parse ("{\"a\": \"12.5\", \"b\": \"12 s\", \"c\": \"inf\", \"d\": \"nan\","
                                     " \"e\": \"\", \"f\": -3}");

  g_assert_cmpfloat (cap_json_get_number (node, "a", 7), ==, 12.5);
  g_assert_cmpfloat (cap_json_get_number (node, "b", 7), ==, 7);
  g_assert_cmpfloat (cap_json_get_number (node, "c", 7), ==, 7);
  g_assert_cmpfloat (cap_json_get_number (node, "d", 7), ==, 7);
  g_assert_cmpfloat (cap_json_get_number (node, "e", 7), ==, 7);
  g_assert_cmpfloat (cap_json_get_number (node, "f", 7), ==, -3);
}

static void
nesting_has_a_limit (void)
{
  g_autofree char *deepest = nested (CAP_JSON_MAX_DEPTH);
  g_autofree char *deeper = nested (CAP_JSON_MAX_DEPTH + 1);
  g_autofree char *deepest_of_all = nested (100 * 1000);
  g_autoptr (JsonNode) node = parse (deepest);

  g_assert_nonnull (node);
  assert_refused (deeper, strlen (deeper));
  assert_refused (deepest_of_all, strlen (deepest_of_all));
}

static void
brackets_in_strings_are_no_nesting (void)
{
  g_autofree char *brackets = nested (100);
  g_autofree char *text = g_strdup_printf ("{\"a\": \"\\\"%s\\\\\"}", brackets);
  g_autofree char *expected = g_strdup_printf ("\"%s\\", brackets);
  g_autoptr (JsonNode) node = parse (text);

  g_assert_cmpstr (cap_json_get_string (node, "a"), ==, expected);
}

/* The reader accepts no comments and no single quotes, so neither can hide brackets from
 * its count. */
static void
nothing_hides_brackets_from_the_count (void)
{
  static const char *const hides[] = { "/* \" */", "// \"\n", "'\"'", "# \"\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (hides); i++)
    {
      g_autofree char *brackets = nested (100 * 1000);
      g_autofree char *text = g_strdup_printf ("[%s, %s, \"]", hides[i], brackets);

      assert_refused (text, strlen (text));
    }
}

static void
length_has_a_limit (void)
{
  g_autofree char *text = g_malloc (CAP_JSON_MAX_BYTES + 1);
  g_autoptr (JsonNode) node = NULL;

  memset (text, ' ', CAP_JSON_MAX_BYTES + 1);
  memcpy (text, "[]", 2);

  node = cap_json_parse (text, CAP_JSON_MAX_BYTES, NULL);
  g_assert_nonnull (node);
  assert_refused (text, CAP_JSON_MAX_BYTES + 1);
}

static void
what_is_no_json_is_refused (void)
{
  static const char *const bad[] = {
    "", " ", "{", "}", "[1", "{\"a\"", "{\"a\":1}}", "{} {}", "[1]x", "0 {}", "\"a\" \"b\"", "1 2",
    "nonsense",
    "{\"a\":\"\\x\"}", "{\"a\":\"\\042\"}", "{\"a\":\"\\u12\"}",
    "{\"a\":\"\\u00zz\"}", "{\"a\":\"\\", "\"", "{\"a\":\"\xff\"}", "{\"a\":\"\xed\xa0\x80\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], strlen (bad[i]));
  assert_refused ("[\"a\0b\"]", 7);
}

static void
half_characters_and_nul_are_replaced (void)
{
  g_autoptr (JsonNode) node = parse ("{\"nul\": \"a\\u0000b\", \"high\": \"\\ud83dx\", \"low\": \"\\uDE00\","
                                     " \"turned\": \"\\ude00\\ud83d\", \"two\": \"\\ud83d\\ud83d\\ude00\","
                                     " \"whole\": \"\\ud83d\\ude00\", \"last\": \"\\ud83d\"}");

  g_assert_nonnull (node);
  g_assert_cmpstr (cap_json_get_string (node, "nul"), ==, "a\357\277\275b");
  g_assert_cmpstr (cap_json_get_string (node, "high"), ==, "\357\277\275x");
  g_assert_cmpstr (cap_json_get_string (node, "low"), ==, "\357\277\275");
  g_assert_cmpstr (cap_json_get_string (node, "turned"), ==, "\357\277\275\357\277\275");
  g_assert_cmpstr (cap_json_get_string (node, "two"), ==, "\357\277\275\360\237\230\200");
  g_assert_cmpstr (cap_json_get_string (node, "whole"), ==, "\360\237\230\200");
  g_assert_cmpstr (cap_json_get_string (node, "last"), ==, "\357\277\275");
}

static void
text_is_one_line (void)
{
  g_autoptr (JsonNode) node = parse ("{\n  \"a\": [1, \"b c\"],\n  \"a2\": {}\n}");
  g_autofree char *text = cap_json_to_text (node);

  g_assert_cmpstr (text, ==, "{\"a\":[1,\"b c\"],\"a2\":{}}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/realtime-json/members-are-found-by-path", members_are_found_by_path);
  g_test_add_func ("/realtime-json/missing-members-and-other-types-are-null",
                   what_is_missing_or_of_another_type_is_nothing);
  g_test_add_func ("/realtime-json/numbers-may-be-strings",
                   numbers_may_be_texts_but_must_be_numbers);
  g_test_add_func ("/realtime-json/nesting-has-a-limit", nesting_has_a_limit);
  g_test_add_func ("/realtime-json/brackets-in-strings-are-no-nesting", brackets_in_strings_are_no_nesting);
  g_test_add_func ("/realtime-json/comments-and-quotes-hide-no-brackets",
                   nothing_hides_brackets_from_the_count);
  g_test_add_func ("/realtime-json/length-has-a-limit", length_has_a_limit);
  g_test_add_func ("/realtime-json/invalid-json-is-refused", what_is_no_json_is_refused);
  g_test_add_func ("/realtime-json/half-characters-and-nul-are-replaced",
                   half_characters_and_nul_are_replaced);
  g_test_add_func ("/realtime-json/text-is-one-line", text_is_one_line);

  return g_test_run ();
}
