/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/history-search.h"
#include "common/text.h"

/* The least combining class of accents to ignore: those of Greek, Cyrillic and
 * Latin, vowel points of Hebrew and Arabic, and tones of Thai. Marks that make
 * another letter, as in Japanese and the scripts of India, have lower classes. */
#define FIRST_ACCENT 10

#define FINAL_SIGMA 0x03C2
#define SIGMA 0x03C3

struct _CapHistorySearch
{
  GArray *letters; /* Letter */
};

typedef struct
{
  gunichar c;
  gsize begin; /* offset of the character that it belongs to */
  gsize end;
} Letter;

static void
fold_char (GArray *letters, gunichar c, gsize begin, gsize end)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  gsize n = c < 0x80 ? 1 : g_unichar_fully_decompose (c, TRUE, parts, G_N_ELEMENTS (parts));

  if (c < 0x80)
    parts[0] = c;

  for (gsize i = 0; i < n; i++)
    {
      gunichar lower = g_unichar_tolower (parts[i]);
      Letter letter = { lower == FINAL_SIGMA ? SIGMA : lower, begin, end };

      if (g_unichar_combining_class (parts[i]) < FIRST_ACCENT)
        g_array_append_val (letters, letter);
    }
}

static GArray *
fold (const char *text)
{
  GArray *letters = g_array_sized_new (FALSE, FALSE, sizeof (Letter), strlen (text));

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    fold_char (letters, g_utf8_get_char (p), p - text, g_utf8_next_char (p) - text);

  return letters;
}

static gboolean
is_there (const GArray *letters, guint place, const GArray *wanted)
{
  for (guint i = 0; i < wanted->len; i++)
    if (g_array_index (letters, Letter, place + i).c != g_array_index (wanted, Letter, i).c)
      return FALSE;

  /* The next mark would make another letter of the last one. */
  return place + wanted->len == letters->len
         || g_unichar_combining_class (g_array_index (letters, Letter, place + wanted->len).c) == 0;
}

/* Separate accents belong to the letter before them. */
static gsize
get_match_end (const GArray *letters, guint next, const char *text)
{
  gsize end = g_array_index (letters, Letter, next - 1).end;

  if (next == letters->len)
    return strlen (text);

  return MAX (end, g_array_index (letters, Letter, next).begin);
}

CapHistorySearch *
cap_history_search_new (const char *words)
{
  CapHistorySearch *self = g_rc_box_new0 (CapHistorySearch);
  g_autofree char *clean = NULL;

  g_return_val_if_fail (words != NULL, NULL);

  clean = cap_text_clean (words);
  self->letters = fold (clean);
  return self;
}

CapHistorySearch *
cap_history_search_ref (CapHistorySearch *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  CapHistorySearch *self = data;

  g_array_unref (self->letters);
}

void
cap_history_search_unref (CapHistorySearch *self)
{
  g_rc_box_release_full (self, clear);
}

gboolean
cap_history_search_is_empty (const CapHistorySearch *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->letters->len == 0;
}

GArray *
cap_history_search_find (const CapHistorySearch *self, const char *text, guint most)
{
  GArray *matches = g_array_new (FALSE, FALSE, sizeof (CapHistoryMatch));
  g_autoptr (GArray) letters = NULL;
  gsize end = 0;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  if (cap_history_search_is_empty (self))
    return matches;

  letters = fold (text);
  for (guint i = 0; i + self->letters->len <= letters->len && matches->len < most; i++)
    {
      CapHistoryMatch match = { .begin = g_array_index (letters, Letter, i).begin };

      if (match.begin < end || !is_there (letters, i, self->letters))
        continue;

      match.end = end = get_match_end (letters, i + self->letters->len, text);
      g_array_append_val (matches, match);
    }

  return matches;
}

static gboolean
is_in (const CapHistorySearch *self, const char *text)
{
  g_autoptr (GArray) matches = cap_history_search_find (self, text, 1);

  return matches->len > 0;
}

gboolean
cap_history_search_matches (const CapHistorySearch *self, CapHistoryEntry *entry)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (CAP_IS_HISTORY_ENTRY (entry), FALSE);

  return is_in (self, cap_history_entry_get_segment (entry)->text)
         || is_in (self, cap_history_entry_get_speaker (entry))
         || is_in (self, cap_history_entry_get_translation (entry));
}
