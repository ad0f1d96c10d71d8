/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sherpa-onnx/casing.h"

#include <string.h>

static gboolean
is_language (const char *language, const char *code)
{
  gsize length = strlen (code);

  return g_ascii_strncasecmp (language, code, length) == 0 && strchr ("-_", language[length]) != NULL;
}

/* The languages with a dotted and a dotless i. */
static gboolean
is_turkic (const char *language)
{
  return is_language (language, "tr") || is_language (language, "az");
}

/* Unlike g_utf8_strdown(), this depends on the language of the text and not on that of
 * the user. */
static gunichar
lower (gunichar character, gboolean turkic)
{
  if (turkic && character == 'I')
    return 0x131;

  return g_unichar_tolower (character);
}

static gunichar
title (gunichar character, gboolean turkic)
{
  if (turkic && character == 'i')
    return 0x130;

  return g_unichar_totitle (character);
}

static gboolean
is_english_i (const char *word)
{
  return word[0] == 'i' && (word[1] == '\0' || word[1] == '\'' || g_str_has_prefix (word + 1, "’"));
}

static gboolean
has (const char *text, gboolean (*is) (gunichar))
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (is (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

/* public */

gboolean
cap_casing_has_small (const char *text)
{
  g_return_val_if_fail (text != NULL, FALSE);

  return has (text, g_unichar_islower);
}

gboolean
cap_casing_has_capital (const char *text)
{
  g_return_val_if_fail (text != NULL, FALSE);

  return has (text, g_unichar_isupper);
}

char *
cap_casing_lower_word (const char *word, const char *language, gboolean first)
{
  g_autoptr (GString) small = g_string_new (NULL);
  GString *cased;
  gboolean turkic;
  gboolean capital = first;

  g_return_val_if_fail (word != NULL, NULL);

  if (language == NULL)
    language = "en";
  turkic = is_turkic (language);
  for (; *word != '\0'; word = g_utf8_next_char (word))
    g_string_append_unichar (small, lower (g_utf8_get_char (word), turkic));
  capital = capital || (is_language (language, "en") && is_english_i (small->str));

  cased = g_string_new (NULL);
  for (const char *c = small->str; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      g_string_append_unichar (cased, capital ? title (character, turkic) : character);
      capital = capital && !g_unichar_isalnum (character);
    }
  return g_string_free (cased, FALSE);
}
