/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/text/sentence.h"
#include "common/text.h"

#include <string.h>

#define MAX_COLUMNS 500

/* Whether the text ends with a command to type, as in "Allow it with: captionctl
 * …"; a full stop would become part of it. The colon after a key, as in "url: …",
 * does not introduce a command. */
static gboolean
ends_in_command (const char *text)
{
  const char *colon = g_strrstr (text, ": ");
  const char *stop = g_strrstr (text, ". ");

  return colon != NULL && (stop == NULL || stop < colon)
         && (gsize) (colon - text) != strspn (text, G_CSET_a_2_z "-");
}

char *
cap_sentence_new (const char *message)
{
  g_autofree char *clean = NULL;
  GString *sentence = g_string_new (NULL);

  g_return_val_if_fail (message != NULL, NULL);

  clean = cap_sentence_cut (message, MAX_COLUMNS);
  if (*clean == '\0')
    return g_string_free (sentence, FALSE);

  g_string_append_unichar (sentence, g_unichar_totitle (g_utf8_get_char (clean)));
  g_string_append (sentence, g_utf8_next_char (clean));
  if (strchr (".!?", sentence->str[sentence->len - 1]) == NULL && !ends_in_command (clean))
    g_string_append_c (sentence, '.');

  return g_string_free (sentence, FALSE);
}

char *
cap_sentence_cut (const char *text, guint columns)
{
  g_autofree char *clean = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  clean = cap_text_clean (text);
  return cap_text_head (clean, columns);
}

char *
cap_sentence_split (const char *message, char **key)
{
  gsize length;

  g_return_val_if_fail (message != NULL, NULL);

  length = strspn (message, G_CSET_a_2_z "-");
  *key = NULL;
  if (length == 0 || !g_str_has_prefix (message + length, ": "))
    return cap_sentence_new (message);

  *key = g_strndup (message, length);
  return cap_sentence_new (message + length + 2);
}
