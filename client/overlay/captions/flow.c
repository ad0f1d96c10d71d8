/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/flow.h"
#include "overlay/text/word-match.h"

#include <string.h>

/* Bytes to measure at first. Shaping all of a long text to find the end of one line
 * would dominate the cost. */
#define PIECE 256

typedef struct
{
  gsize offset;
  gboolean loose; /* the word behind the break is another one, so that the break may move */
} Break;

static Break *
break_at (GArray *breaks, guint index)
{
  return &g_array_index (breaks, Break, index);
}

CapFlow *
cap_flow_new (void)
{
  CapFlow *self = g_new0 (CapFlow, 1);

  self->text = g_strdup ("");
  self->words = cap_words_split ("");
  self->breaks = g_array_new (FALSE, FALSE, sizeof (Break));
  return self;
}

void
cap_flow_free (CapFlow *self)
{
  g_free (self->text);
  g_free (self->before);
  g_array_unref (self->words);
  g_array_unref (self->breaks);
  g_free (self);
}

/* changing the text */

static guint
find_word (GArray *words, gsize offset)
{
  guint low = 0, high = words->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (words, CapWordRange, middle).offset <= offset)
        low = middle;
      else
        high = middle;
    }

  return low;
}

static CapWordRange *
new_place_of (GArray *new_words, const guint *matches, guint index)
{
  return matches[index] == CAP_WORD_GONE ? NULL
                                         : &g_array_index (new_words, CapWordRange, matches[index]);
}

/* Carries over a break inside a word, which was too long or has a hyphen. */
static gboolean
carry_inner (CapFlow *self, const char *text, const CapWordRange *from, const CapWordRange *to, Break *place)
{
  gsize inside = place->offset - from->offset;

  if (to == NULL || to->length <= inside
      || memcmp (self->text + from->offset, text + to->offset, inside) != 0)
    return FALSE;

  place->offset = to->offset + inside;
  return TRUE;
}

/* Moves a break to its position in the new text; FALSE if it has none. */
static gboolean
carry_break (CapFlow *self, const char *text, GArray *words, const guint *matches, Break *place)
{
  guint index = find_word (self->words, place->offset);
  const CapWordRange *from, *to;

  if (place->offset == 0)
    return TRUE;
  if (self->words->len == 0)
    return FALSE;

  from = &g_array_index (self->words, CapWordRange, index);
  to = new_place_of (words, matches, index);
  if (from->offset != place->offset)
    return carry_inner (self, text, from, to, place);

  if (to == NULL)
    {
      /* Break behind the word that was the last one of its line. */
      if (index == 0 || matches[index - 1] == CAP_WORD_GONE || matches[index - 1] + 1 >= words->len)
        return FALSE;
      to = &g_array_index (words, CapWordRange, matches[index - 1] + 1);
      place->loose = TRUE;
    }

  place->offset = to->offset;
  return TRUE;
}

static GArray *
carry_breaks (CapFlow *self, const char *text, GArray *words)
{
  g_autofree guint *matches = cap_words_match (self->text, self->words, text, words);
  GArray *carried = g_array_new (FALSE, FALSE, sizeof (Break));

  for (guint i = 0; i < self->breaks->len; i++)
    {
      Break place = *break_at (self->breaks, i);

      if (!carry_break (self, text, words, matches, &place))
        continue;
      if (carried->len == 0 || break_at (carried, carried->len - 1)->offset < place.offset)
        g_array_append_val (carried, place);
    }

  return carried;
}

void
cap_flow_set_text (CapFlow *self, const char *text)
{
  GArray *words, *breaks;
  gsize same = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);

  if (g_str_equal (self->text, text))
    return;

  words = cap_words_split (text);
  breaks = carry_breaks (self, text, words);
  while (self->text[same] != '\0' && self->text[same] == text[same])
    same++;

  g_array_unref (self->words);
  g_array_unref (self->breaks);
  g_free (self->text);
  self->words = words;
  self->breaks = breaks;
  self->text = g_strdup (text);
  self->same = MIN (self->same, same);
}

void
cap_flow_forget_breaks (CapFlow *self)
{
  g_return_if_fail (self != NULL);

  g_array_set_size (self->breaks, 0);
  g_clear_pointer (&self->before, g_free);
  self->same = 0;
}

/* breaking */

/* Rounds down to the end of a character with its marks, but returns at least the
 * first one. */
static gsize
round_down (const char *text, gsize length)
{
  const char *p = text + length;

  if (*p == '\0')
    return length;
  if ((*p & 0xC0) == 0x80)
    p = g_utf8_find_prev_char (text, p);
  while (p != NULL && p > text && cap_word_is_mark (g_utf8_get_char (p)))
    p = g_utf8_find_prev_char (text, p);
  if (p != NULL && p > text)
    return p - text;

  p = text;
  do
    p = g_utf8_next_char (p);
  while (*p != '\0' && cap_word_is_mark (g_utf8_get_char (p)));
  return p - text;
}

static gsize
end_of_piece (CapFlow *self, gsize at, gsize size)
{
  gsize length = strlen (self->text);
  CapWordRange *word;

  if (length - at <= size || self->words->len == 0)
    return length;

  word = &g_array_index (self->words, CapWordRange, find_word (self->words, at + size));
  return word->offset + word->length > at ? word->offset + word->length : length;
}

/* The most bytes of the text from @at on that fit into a line behind @before; 0 if
 * not even one word fits behind it. */
static gsize
measure (CapFlow *self, gsize at, const char *before, CapRollFit fit, gpointer user_data)
{
  gsize taken = strlen (before);

  for (gsize size = PIECE;; size *= 2)
    {
      gsize end = end_of_piece (self, at, size);
      g_autofree char *piece = g_strndup (self->text + at, end - at);
      g_autofree char *line = g_strconcat (before, piece, NULL);
      gsize length = strlen (line);
      gsize fits = fit == NULL ? length : MIN (fit (line, user_data), length);

      if (fits == length && self->text[end] != '\0')
        continue;

      fits = round_down (line, fits);
      return fits > taken ? fits - taken : 0;
    }
}

static gsize
without_space (CapFlow *self, gsize begin, gsize end)
{
  while (end > begin && self->text[end - 1] == ' ')
    end--;

  return end - begin;
}

/* The end of the line that begins at @at. @kept: the earlier breaks, from @next on. */
static gsize
find_end (CapFlow *self, gsize at, gsize room, GArray *kept, guint next)
{
  for (guint i = next; i < kept->len; i++)
    {
      Break *wanted = break_at (kept, i);
      gsize length = without_space (self, at, wanted->offset);

      if (length > room)
        {
          /* The words that do not fit go to the beginning of the next line, unless
           * they are enough to fill a line of their own. */
          wanted->loose = TRUE;
          return at + room;
        }
      if (!wanted->loose || (length >= room / 2 && self->text[at + room] != '\0'))
        return wanted->offset;
    }

  return at + room;
}

/* Unchanged lines need not be measured again. */
static guint
count_known (CapFlow *self, GArray *kept, const char *before)
{
  guint known = 0;

  if (g_strcmp0 (self->before, before) != 0)
    return 0;
  while (known < kept->len && break_at (kept, known)->offset <= self->same
         && !break_at (kept, known)->loose)
    known++;

  return known;
}

void
cap_flow_break (CapFlow *self, const char *before, CapRollFit fit, gpointer user_data)
{
  gsize length;
  g_autoptr (GArray) kept = NULL;
  const char *taken;
  gsize at = 0;
  guint next;

  g_return_if_fail (self != NULL);
  g_return_if_fail (before != NULL);

  length = strlen (self->text);
  taken = before;
  if (self->same == length && g_strcmp0 (self->before, before) == 0)
    return;

  kept = g_steal_pointer (&self->breaks);
  self->breaks = g_array_new (FALSE, FALSE, sizeof (Break));
  next = count_known (self, kept, before);
  if (next > 0)
    {
      g_array_append_vals (self->breaks, kept->data, next);
      at = break_at (kept, next - 1)->offset;
      taken = "";
    }

  while (at < length)
    {
      Break place = { 0, FALSE };

      while (next < kept->len && *taken == '\0' && break_at (kept, next)->offset <= at)
        next++;
      place.offset = find_end (self, at, measure (self, at, taken, fit, user_data), kept, next);
      while (place.offset < length && self->text[place.offset] == ' ')
        place.offset++;
      if (place.offset >= length)
        break;

      g_array_append_val (self->breaks, place);
      at = place.offset;
      taken = "";
    }

  self->same = length;
  g_free (self->before);
  self->before = g_strdup (before);
}

/* lines */

guint
cap_flow_get_n_lines (CapFlow *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->breaks->len + 1;
}

const char *
cap_flow_get_line (CapFlow *self, guint index, gsize *length)
{
  gsize begin;
  gsize end;

  g_return_val_if_fail (self != NULL, NULL);

  begin = index == 0 ? 0 : break_at (self->breaks, index - 1)->offset;
  end = index < self->breaks->len ? break_at (self->breaks, index)->offset : strlen (self->text);
  *length = without_space (self, begin, end);
  return self->text + begin;
}
