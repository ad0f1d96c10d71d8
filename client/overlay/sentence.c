/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sentence.h"
#include "text.h"

#include <string.h>

char *
cap_sentence_new (const char *message)
{
  g_autofree char *clean = cap_text_clean (message);
  GString *sentence = g_string_new (NULL);

  if (*clean == '\0')
    return g_string_free (sentence, FALSE);

  g_string_append_unichar (sentence, g_unichar_totitle (g_utf8_get_char (clean)));
  g_string_append (sentence, g_utf8_next_char (clean));
  if (strchr (".!?", sentence->str[sentence->len - 1]) == NULL)
    g_string_append_c (sentence, '.');

  return g_string_free (sentence, FALSE);
}

char *
cap_sentence_split (const char *message, char **key)
{
  gsize length = strspn (message, G_CSET_a_2_z "-");

  *key = NULL;
  if (length == 0 || !g_str_has_prefix (message + length, ": "))
    return cap_sentence_new (message);

  *key = g_strndup (message, length);
  return cap_sentence_new (message + length + 2);
}
