/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/options.h"
#include "dbus/error.h"

#define MAX_STRING_BYTES 256

static const CapOption *
find_option (const CapOption *table, gsize n, const char *key)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (table[i].key, key))
      return &table[i];

  return NULL;
}

static const char *
type_for_people (const GVariantType *type)
{
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING))
    return "a string";
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    return "a boolean";
  if (g_variant_type_equal (type, G_VARIANT_TYPE_UINT32))
    return "a number (u)";
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING_ARRAY))
    return "a list of strings";
  return "an object path";
}

/* The length of @value's string, or of all strings of its list together. */
static gsize
count_bytes (GVariant *value)
{
  g_autofree const char **strings = NULL;
  gsize bytes = 0;
  gsize n;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      || g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH))
    return g_variant_get_size (value) - 1;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return 0;

  strings = g_variant_get_strv (value, &n);
  for (gsize i = 0; i < n; i++)
    bytes += strlen (strings[i]);
  return bytes;
}

static gboolean
check_one (const CapOption *option, GVariant *value, GError **error)
{
  gsize max_bytes = option->max_bytes != 0 ? option->max_bytes : MAX_STRING_BYTES;

  if (!g_variant_is_of_type (value, option->type))
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "must be %s",
                   type_for_people (option->type));
      return FALSE;
    }

  if (count_bytes (value) > max_bytes)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "is longer than %" G_GSIZE_FORMAT " bytes",
                   max_bytes);
      return FALSE;
    }

  return option->check == NULL || option->check (value, error);
}

static gboolean
is_line (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;

  return TRUE;
}

/* public functions */

gboolean
cap_options_check (GVariant *options, const CapOption *table, gsize n, GError **error)
{
  g_return_val_if_fail (options != NULL, FALSE);
  g_return_val_if_fail (table != NULL || n == 0, FALSE);

  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      const CapOption *option = find_option (table, n, key);

      /* The caller chose the key, so it may have any length. */
      if (option == NULL)
        {
          g_autofree char *shown = g_utf8_substring (key, 0, MIN (g_utf8_strlen (key, -1), 64));

          g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "%s: no such option", shown);
          return FALSE;
        }
      if (!g_hash_table_add (seen, (gpointer) option->key))
        {
          g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "%s: given twice", key);
          return FALSE;
        }
      if (!check_one (option, value, error))
        {
          g_prefix_error (error, "%s: ", key);
          return FALSE;
        }
    }

  return TRUE;
}

gboolean
cap_option_is_language (GVariant *value, GError **error)
{
  g_return_val_if_fail (value != NULL, FALSE);

  const char *tag = g_variant_get_string (value, NULL);

  if (*tag == '\0'
      || g_regex_match_simple ("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", tag, G_REGEX_DOLLAR_ENDONLY, 0))
    return TRUE;

  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
                       "must be a language tag such as en or en-US");
  return FALSE;
}

gboolean
cap_option_is_no_translation (GVariant *value, GError **error)
{
  g_return_val_if_fail (value != NULL, FALSE);

  if (!cap_option_is_language (value, error))
    return FALSE;
  if (*g_variant_get_string (value, NULL) == '\0')
    return TRUE;

  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_LANGUAGE_NOT_SUPPORTED,
                       "this version cannot translate captions; leave this option out");
  return FALSE;
}

gboolean
cap_option_is_line (GVariant *value, GError **error)
{
  g_autofree const char **strings = NULL;
  gboolean good = TRUE;

  g_return_val_if_fail (value != NULL, FALSE);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    good = is_line (g_variant_get_string (value, NULL));
  else
    {
      strings = g_variant_get_strv (value, NULL);
      for (gsize i = 0; strings[i] != NULL; i++)
        good = good && is_line (strings[i]);
    }
  if (!good)
    g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "must not contain control characters");

  return good;
}
