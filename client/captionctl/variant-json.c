/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/variant-json.h"
#include "common/text.h"

#include <json-glib/json-glib.h>
#include <math.h>

static JsonNode *to_node (GVariant *value);

static gint64
get_integer (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      return g_variant_get_byte (value);
    case G_VARIANT_CLASS_INT16:
      return g_variant_get_int16 (value);
    case G_VARIANT_CLASS_UINT16:
      return g_variant_get_uint16 (value);
    case G_VARIANT_CLASS_INT32:
      return g_variant_get_int32 (value);
    case G_VARIANT_CLASS_UINT32:
      return g_variant_get_uint32 (value);
    case G_VARIANT_CLASS_INT64:
      return g_variant_get_int64 (value);
    case G_VARIANT_CLASS_UINT64:
      return (gint64) MIN (g_variant_get_uint64 (value), (guint64) G_MAXINT64);
    default:
      return g_variant_get_handle (value);
    }
}

static JsonNode *
words_to_node (GVariant *words)
{
  g_autoptr (JsonArray) array = json_array_new ();
  GVariantIter iter;
  const char *word;
  gint64 start, end;

  g_variant_iter_init (&iter, words);
  while (g_variant_iter_next (&iter, "(&sxx)", &word, &start, &end))
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "word", word);
      json_object_set_int_member (object, "start", start);
      json_object_set_int_member (object, "end", end);
      json_array_add_object_element (array, object);
    }

  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
array_to_node (GVariant *value)
{
  g_autoptr (JsonArray) array = json_array_new ();
  GVariantIter iter;
  GVariant *child;

  g_variant_iter_init (&iter, value);
  while ((child = g_variant_iter_next_value (&iter)) != NULL)
    {
      json_array_add_element (array, to_node (child));
      g_variant_unref (child);
    }

  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
object_to_node (GVariant *value)
{
  g_autoptr (JsonObject) object = json_object_new ();
  GVariantIter iter;
  GVariant *entry;

  g_variant_iter_init (&iter, value);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) member = g_variant_get_child_value (entry, 1);

      json_object_set_member (object, g_variant_get_string (key, NULL), to_node (member));
      g_variant_unref (entry);
    }

  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
container_to_node (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE ("a(sxx)")))
    return words_to_node (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}"))
      || g_variant_is_of_type (value, G_VARIANT_TYPE ("a{o*}")))
    return object_to_node (value);

  return array_to_node (value);
}

static JsonNode *
to_node (GVariant *value)
{
  g_autoptr (GVariant) inner = NULL;
  JsonNode *node = json_node_alloc ();

  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      return json_node_init_boolean (node, g_variant_get_boolean (value));
    case G_VARIANT_CLASS_DOUBLE:
      if (!isfinite (g_variant_get_double (value)))
        return json_node_init_null (node);
      return json_node_init_double (node, g_variant_get_double (value));
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      return json_node_init_string (node, g_variant_get_string (value, NULL));
    case G_VARIANT_CLASS_VARIANT:
      json_node_free (node);
      inner = g_variant_get_variant (value);
      return to_node (inner);
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_DICT_ENTRY:
      json_node_free (node);
      return container_to_node (value);
    default:
      return json_node_init_int (node, get_integer (value));
    }
}

/* JSON requires escapes only below U+0020. This also escapes other characters that
 * end a line or control a terminal. All of them are below U+10000, and occur only
 * inside strings. */
static char *
escape (const char *json)
{
  GString *escaped = g_string_sized_new (strlen (json));

  for (const char *p = json; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (cap_text_is_harmless (c))
        g_string_append_unichar (escaped, c);
      else
        g_string_append_printf (escaped, "\\u%04x", c);
    }

  return g_string_free (escaped, FALSE);
}

char *
cap_variant_to_json (GVariant *value)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *json = NULL;

  g_return_val_if_fail (value != NULL, NULL);

  node = to_node (value);
  json = json_to_string (node, FALSE);
  return escape (json);
}
