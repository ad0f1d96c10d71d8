/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/text.h"

#define ELLIPSIS "…"

static gboolean
turns_the_line (gunichar c)
{
  /* Embeddings, overrides and isolates. Right-to-left scripts do not need them. */
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean
is_space (gunichar c)
{
  /* No-break and ideographic spaces are not folded. */
  return (c >= '\t' && c <= '\r') || c == ' ' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

gboolean
cap_text_is_harmless (gunichar c)
{
  return !g_unichar_iscntrl (c) && !turns_the_line (c) && c != 0x2028 && c != 0x2029;
}

char *
cap_text_clean (const char *text)
{
  g_autofree char *valid = NULL;
  GString *clean;
  gboolean space = FALSE;

  g_return_val_if_fail (text != NULL, NULL);

  valid = g_utf8_make_valid (text, -1);
  clean = g_string_sized_new (strlen (valid));
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_space (c))
        {
          space = TRUE;
          continue;
        }
      if (!cap_text_is_harmless (c))
        continue;

      if (space && clean->len > 0)
        g_string_append_c (clean, ' ');
      space = FALSE;
      g_string_append_unichar (clean, c);
    }

  return g_string_free (clean, FALSE);
}

guint
cap_text_char_columns (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;

  return g_unichar_iswide (c) ? 2 : 1;
}

gboolean
cap_text_is_ideographic (gunichar c)
{
  return g_unichar_iswide (c) && g_unichar_get_script (c) != G_UNICODE_SCRIPT_HANGUL;
}

guint
cap_text_columns (const char *text)
{
  guint columns = 0;

  g_return_val_if_fail (text != NULL, 0);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    columns += cap_text_char_columns (g_utf8_get_char (p));

  return columns;
}

char *
cap_text_tail (const char *text, guint columns)
{
  guint taken = 1; /* the ellipsis */
  const char *start;

  g_return_val_if_fail (text != NULL, NULL);

  if (cap_text_columns (text) <= columns)
    return g_strdup (text);
  if (columns == 0)
    return g_strdup ("");

  start = text + strlen (text);
  /* @start stays on a base character, because a combining mark without one would be
   * drawn on the ellipsis. */
  for (const char *p = start; p > text;)
    {
      guint width;

      p = g_utf8_prev_char (p);
      width = cap_text_char_columns (g_utf8_get_char (p));
      if (taken + width > columns)
        break;
      taken += width;
      if (width > 0)
        start = p;
    }

  return g_strconcat (ELLIPSIS, start, NULL);
}

char *
cap_text_head (const char *text, guint columns)
{
  g_autofree char *head = NULL;
  const char *end = text;
  guint taken = 1; /* the ellipsis */

  g_return_val_if_fail (text != NULL, NULL);

  if (cap_text_columns (text) <= columns)
    return g_strdup (text);
  if (columns == 0)
    return g_strdup ("");

  while (*end != '\0' && taken + cap_text_char_columns (g_utf8_get_char (end)) <= columns)
    {
      taken += cap_text_char_columns (g_utf8_get_char (end));
      end = g_utf8_next_char (end);
    }

  head = g_strndup (text, end - text);
  return g_strconcat (head, ELLIPSIS, NULL);
}

char *
cap_text_wrap (const char *text, guint columns)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GString) lines = NULL;
  guint taken = 0;

  g_return_val_if_fail (text != NULL, NULL);

  words = g_strsplit (text, " ", -1);
  lines = g_string_sized_new (strlen (text));
  for (guint i = 0; words[i] != NULL; i++)
    {
      guint width = cap_text_columns (words[i]);

      if (i > 0 && taken + 1 + width > columns)
        {
          g_string_append_c (lines, '\n');
          taken = 0;
        }
      else if (i > 0)
        {
          g_string_append_c (lines, ' ');
          taken++;
        }
      g_string_append (lines, words[i]);
      taken += width;
    }

  return g_string_free (g_steal_pointer (&lines), FALSE);
}
