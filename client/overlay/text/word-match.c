/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/text/word-match-private.h"

#include <string.h>

/* The largest number of pairs of words to compare: some tens of microseconds, ten
 * times a second. */
#define MOST_PAIRS (192 * 192)

#define ZERO_WIDTH_NON_JOINER 0x200C
#define ZERO_WIDTH_JOINER 0x200D
#define NO_BREAK_SPACE 0xA0
#define NARROW_NO_BREAK_SPACE 0x202F
#define THAI_SARA_AM 0x0E33
#define LAO_AM 0x0EB3

/* splitting */

gboolean
cap_word_is_spaceless (gunichar c)
{
  switch (g_unichar_get_script (c))
    {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_BOPOMOFO:
    case G_UNICODE_SCRIPT_YI:
    case G_UNICODE_SCRIPT_THAI:
    case G_UNICODE_SCRIPT_LAO:
    case G_UNICODE_SCRIPT_KHMER:
    case G_UNICODE_SCRIPT_MYANMAR:
    case G_UNICODE_SCRIPT_TIBETAN:
    case G_UNICODE_SCRIPT_TAI_THAM:
    case G_UNICODE_SCRIPT_NEW_TAI_LUE:
    case G_UNICODE_SCRIPT_JAVANESE:
    case G_UNICODE_SCRIPT_BALINESE:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
cap_word_is_mark (gunichar c)
{
  /* Unicode classes the two vowels as letters, but they are drawn on the letter
   * before. */
  return g_unichar_ismark (c) || c == ZERO_WIDTH_JOINER || c == ZERO_WIDTH_NON_JOINER
         || c == THAI_SARA_AM || c == LAO_AM;
}

static gboolean
is_space (gunichar c)
{
  return g_unichar_isspace (c) && c != NO_BREAK_SPACE && c != NARROW_NO_BREAK_SPACE;
}

static gboolean
is_opening (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_OPEN_PUNCTUATION || type == G_UNICODE_INITIAL_PUNCTUATION;
}

typedef enum
{
  BEFORE_NOTHING,
  BEFORE_OPENING, /* only opening brackets and quotation marks */
  BEFORE_LETTERS,
  BEFORE_ALONE,   /* a character that is a word by itself */
} Before;

static gboolean
begins_word (Before before, gunichar c)
{
  if (before == BEFORE_NOTHING)
    return TRUE;
  if (before == BEFORE_OPENING || cap_word_is_mark (c))
    return FALSE;
  if (cap_word_is_spaceless (c))
    return TRUE;

  return before == BEFORE_ALONE && (g_unichar_isalnum (c) || is_opening (c));
}

static Before
what_stands_before (Before before, gunichar c)
{
  if (cap_word_is_mark (c))
    return before == BEFORE_NOTHING ? BEFORE_LETTERS : before;
  if (cap_word_is_spaceless (c))
    return BEFORE_ALONE;
  if (is_opening (c) && before != BEFORE_LETTERS)
    return BEFORE_OPENING;

  return before == BEFORE_ALONE && !g_unichar_isalnum (c) ? BEFORE_ALONE : BEFORE_LETTERS;
}

GArray *
cap_words_split (const char *text)
{
  GArray *words = g_array_new (FALSE, FALSE, sizeof (CapWordRange));
  Before before = BEFORE_NOTHING;

  g_return_val_if_fail (text != NULL, NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      CapWordRange word = { p - text, 0 };

      if (is_space (c))
        {
          before = BEFORE_NOTHING;
          continue;
        }

      if (begins_word (before, c))
        {
          g_array_append_val (words, word);
          before = BEFORE_NOTHING;
        }
      before = what_stands_before (before, c);
      g_array_index (words, CapWordRange, words->len - 1).length =
          g_utf8_next_char (p) - text - g_array_index (words, CapWordRange, words->len - 1).offset;
    }

  return words;
}

/* matching */

typedef struct
{
  const char *text;
  GArray *words;
} Text;

static CapWordRange
word_at (const Text *text, guint index)
{
  return g_array_index (text->words, CapWordRange, index);
}

/* The word without punctuation, case-folded; all of it if it is nothing but
 * punctuation. */
static char *
make_key (const Text *text, guint index)
{
  CapWordRange word = word_at (text, index);
  const char *end = text->text + word.offset + word.length;
  g_autoptr (GString) letters = g_string_sized_new (word.length);

  for (const char *p = text->text + word.offset; p < end; p = g_utf8_next_char (p))
    if (!g_unichar_ispunct (g_utf8_get_char (p)))
      g_string_append_len (letters, p, g_utf8_next_char (p) - p);

  if (letters->len == 0)
    return g_strndup (text->text + word.offset, word.length);

  return g_utf8_casefold (letters->str, letters->len);
}

static gboolean
is_same (const Text *a, guint i, const Text *b, guint j)
{
  CapWordRange left = word_at (a, i);
  CapWordRange right = word_at (b, j);
  g_autofree char *left_key = NULL;
  g_autofree char *right_key = NULL;

  if (left.length == right.length
      && memcmp (a->text + left.offset, b->text + right.offset, left.length) == 0)
    return TRUE;

  left_key = make_key (a, i);
  right_key = make_key (b, j);
  return g_str_equal (left_key, right_key);
}

/* Numbers the words, with equal numbers for equal words, so that comparing is
 * cheap. */
static guint *
number_words (const Text *text, guint begin, guint count, GHashTable *numbers)
{
  guint *numbered = g_new (guint, count);

  for (guint i = 0; i < count; i++)
    {
      char *key = make_key (text, begin + i);
      gpointer number;

      if (g_hash_table_lookup_extended (numbers, key, NULL, &number))
        g_free (key);
      else
        {
          number = GUINT_TO_POINTER (g_hash_table_size (numbers));
          g_hash_table_insert (numbers, key, number);
        }
      numbered[i] = GPOINTER_TO_UINT (number);
    }

  return numbered;
}

/* The longest common subsequence of @n and @m words from @begin on. */
static void
match_middle (const Text *a, const Text *b, guint begin, guint n, guint m, guint *matches)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree guint *left = number_words (a, begin, n, numbers);
  g_autofree guint *right = number_words (b, begin, m, numbers);
  g_autofree guint16 *longest = g_new0 (guint16, (gsize) (n + 1) * (m + 1));
  guint i = 0, j = 0;

#define LONGEST(i, j) longest[(gsize) (i) * (m + 1) + (j)]
  for (guint x = n; x-- > 0;)
    for (guint y = m; y-- > 0;)
      LONGEST (x, y) = left[x] == right[y] ? LONGEST (x + 1, y + 1) + 1
                                           : MAX (LONGEST (x + 1, y), LONGEST (x, y + 1));

  while (i < n && j < m)
    {
      if (left[i] == right[j])
        {
          matches[begin + i] = begin + j;
          i++;
          j++;
        }
      else if (LONGEST (i + 1, j) >= LONGEST (i, j + 1))
        i++;
      else
        j++;
    }
#undef LONGEST
}

guint *
cap_words_match (const char *old_text, GArray *old_words, const char *new_text, GArray *new_words)
{
  const Text a = { old_text, old_words };
  const Text b = { new_text, new_words };
  guint n = old_words->len;
  guint m = new_words->len;
  guint begin = 0;
  guint *matches = g_new (guint, n + 1);

  for (guint i = 0; i < n; i++)
    matches[i] = CAP_WORD_GONE;

  while (begin < MIN (n, m) && is_same (&a, begin, &b, begin))
    {
      matches[begin] = begin;
      begin++;
    }
  while (MIN (n, m) > begin && is_same (&a, n - 1, &b, m - 1))
    matches[--n] = --m;

  n -= begin;
  m -= begin;
  if (n > 0 && m > 0 && n <= MOST_PAIRS / m)
    match_middle (&a, &b, begin, n, m, matches);

  return matches;
}
