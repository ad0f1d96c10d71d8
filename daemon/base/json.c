/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/json.h"

#include "dbus/error.h"

#include <math.h>
#include <string.h>

/* json-glib accepts more than JSON (comments, other quotation marks, octal
 * escapes) and aborts the process on half a surrogate pair. This file checks
 * the text first, and hands json-glib a copy that holds only JSON's own
 * characters and complete strings. */

#define REPLACEMENT "\\ufffd"

typedef struct
{
  const char *at, *end;
  GString *clean;
  int depth;
  gboolean begun;  /* a value that is neither an array nor an object */
  gboolean closed; /* the value is complete: only white space may follow */
} Walk;

/* private: walking */

/* The number that the four hexadecimal digits at @digits write, or -1. */
static int
read_unit (Walk *walk, const char *digits)
{
  int unit = 0;

  if (walk->end - digits < 4)
    return -1;

  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (digits[i]);

      if (digit < 0)
        return -1;
      unit = unit << 4 | digit;
    }

  return unit;
}

static gboolean
low_surrogate_follows (Walk *walk)
{
  const char *next = walk->at + 6;
  int unit = walk->end - next < 6 || next[0] != '\\' || next[1] != 'u' ? -1 : read_unit (walk, next + 2);

  return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Called at "\u". Replaces NUL too, because it would cut a C string short. */
static gboolean
walk_unicode_escape (Walk *walk)
{
  int unit = read_unit (walk, walk->at + 2);
  gsize length = 6;

  if (unit < 0)
    return FALSE;

  if (unit >= 0xd800 && unit <= 0xdbff && low_surrogate_follows (walk))
    length = 12;

  if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff && length == 6))
    g_string_append (walk->clean, REPLACEMENT);
  else
    g_string_append_len (walk->clean, walk->at, length);

  walk->at += length;
  return TRUE;
}

static gboolean
walk_escape (Walk *walk)
{
  if (walk->end - walk->at < 2)
    return FALSE;

  if (walk->at[1] == 'u')
    return walk_unicode_escape (walk);

  if (walk->at[1] == '\0' || strchr ("\"\\/bfnrt", walk->at[1]) == NULL)
    return FALSE;

  g_string_append_len (walk->clean, walk->at, 2);
  walk->at += 2;
  return TRUE;
}

/* Called at the opening quotation mark. */
static gboolean
walk_string (Walk *walk)
{
  g_string_append_c (walk->clean, *walk->at++);

  while (walk->at < walk->end && *walk->at != '"')
    {
      if (*walk->at != '\\')
        g_string_append_c (walk->clean, *walk->at++);
      else if (!walk_escape (walk))
        return FALSE;
    }

  if (walk->at == walk->end)
    return FALSE;

  g_string_append_c (walk->clean, *walk->at++);
  walk->closed = walk->depth == 0;
  return TRUE;
}

/* Called outside of strings. */
static gboolean
walk_character (Walk *walk)
{
  char c = *walk->at++;

  if (c == '\0' || (!g_ascii_isalnum (c) && strchr ("[]{}:,+-. \t\r\n", c) == NULL))
    return FALSE;
  if (c == '[' || c == '{')
    walk->depth++;
  else if (c == ']' || c == '}')
    walk->closed = --walk->depth == 0;

  g_string_append_c (walk->clean, c);
  return walk->depth >= 0 && walk->depth <= CAP_JSON_MAX_DEPTH;
}

/* A text holds exactly one value. */
static gboolean
may_come (Walk *walk, char c)
{
  if (walk->depth > 0 || g_ascii_isspace (c))
    return TRUE;
  if (walk->closed || (walk->begun && strchr ("[{\"", c) != NULL))
    return FALSE;

  walk->begun = TRUE;
  return TRUE;
}

static gboolean
walk_text (Walk *walk)
{
  while (walk->at < walk->end)
    {
      char c = *walk->at;

      if (!may_come (walk, c) || !(c == '"' ? walk_string (walk) : walk_character (walk)))
        return FALSE;
    }

  return walk->depth == 0;
}

/* private: members */

static JsonNode *
find (JsonNode *node, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);

  for (int i = 0; names[i] != NULL && node != NULL; i++)
    {
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return NULL;
      node = json_object_get_member (json_node_get_object (node), names[i]);
    }

  return node;
}

static double
number_of_text (const char *text, double fallback)
{
  char *end = NULL;
  double number = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (number) ? number : fallback;
}

/* public methods */

JsonNode *
cap_json_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GString) clean = NULL;
  Walk walk = { NULL };

  if (length > CAP_JSON_MAX_BYTES)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_PROTOCOL_ERROR,
                   "The speech service sent a message longer than %d KiB, which captiond does not accept.",
                   CAP_JSON_MAX_BYTES / 1024);
      return NULL;
    }

  walk.at = text != NULL ? text : "";
  walk.end = walk.at + length;
  walk.clean = clean = g_string_sized_new (length + 1);

  if (!g_utf8_validate_len (walk.at, length, NULL)
      || !walk_text (&walk)
      || !json_parser_load_from_data (parser, clean->str, clean->len, NULL)
      || json_parser_get_root (parser) == NULL)
    {
      g_set_error_literal (error, CAP_ERROR, CAP_ERROR_PROTOCOL_ERROR,
                           "The speech service sent a message that is not valid JSON.");
      return NULL;
    }

  return json_parser_steal_root (parser);
}

JsonObject *
cap_json_get_object (JsonNode *node, const char *path)
{
  g_return_val_if_fail (path != NULL, NULL);

  JsonNode *found = find (node, path);

  return found != NULL && JSON_NODE_HOLDS_OBJECT (found) ? json_node_get_object (found) : NULL;
}

JsonArray *
cap_json_get_array (JsonNode *node, const char *path)
{
  g_return_val_if_fail (path != NULL, NULL);

  JsonNode *found = find (node, path);

  return found != NULL && JSON_NODE_HOLDS_ARRAY (found) ? json_node_get_array (found) : NULL;
}

const char *
cap_json_get_string (JsonNode *node, const char *path)
{
  g_return_val_if_fail (path != NULL, NULL);

  JsonNode *found = find (node, path);

  if (found == NULL || !JSON_NODE_HOLDS_VALUE (found) || json_node_get_value_type (found) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (found);
}

double
cap_json_get_number (JsonNode *node, const char *path, double fallback)
{
  g_return_val_if_fail (path != NULL, fallback);

  JsonNode *found = find (node, path);
  GType type = G_TYPE_NONE;

  if (found != NULL && JSON_NODE_HOLDS_VALUE (found))
    type = json_node_get_value_type (found);

  if (type == G_TYPE_STRING)
    return number_of_text (json_node_get_string (found), fallback);
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return fallback;

  return isfinite (json_node_get_double (found)) ? json_node_get_double (found) : fallback;
}

gboolean
cap_json_has (JsonNode *node, const char *path)
{
  g_return_val_if_fail (path != NULL, FALSE);

  return find (node, path) != NULL;
}

char *
cap_json_to_text (JsonNode *node)
{
  g_return_val_if_fail (node != NULL, NULL);

  return json_to_string (node, FALSE);
}
