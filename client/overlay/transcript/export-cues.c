/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/export-cues.h"
#include "common/text.h"

#define COLUMNS 42
#define FEWEST_COLUMNS 10
#define SPEAKER_COLUMNS 24
#define SHORTEST (700 * G_TIME_SPAN_MILLISECOND)

/* Tolerances when matching a listed word with the text, in bytes and in time. */
#define WORD_BYTES 128
#define WORD_TIME G_USEC_PER_SEC

#define ZERO_WIDTH_JOINER 0x200D

/* A segment that is being split into cues. */
typedef struct
{
  const CapSegment *segment;
  guint speaker_columns;
  GArray *lines; /* gsize: end offsets of the lines in the text */
} Split;

/* A word of the list that was found in the text. */
typedef struct
{
  gsize place;
  gint64 start, end;
} Word;

static void
free_cue (gpointer data)
{
  CapCue *cue = data;

  g_free (cue->speaker);
  g_free (cue->text);
  g_free (cue);
}

/* lines */

static gboolean
may_begin_line (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
    case G_UNICODE_MODIFIER_LETTER:
      return FALSE;
    default:
      return cap_text_char_columns (c) > 0;
    }
}

static gboolean
may_break (gunichar before, gunichar after)
{
  GUnicodeType type = g_unichar_type (before);

  if (before == ' ')
    return TRUE;

  return (cap_text_is_ideographic (before) || cap_text_is_ideographic (after)) && after != ' '
         && may_begin_line (after) && before != ZERO_WIDTH_JOINER
         && type != G_UNICODE_OPEN_PUNCTUATION && type != G_UNICODE_INITIAL_PUNCTUATION;
}

/* Number of bytes that fit into a line, including the space at its end. */
static gsize
fit_line (const char *text, guint columns)
{
  const char *nice = NULL;
  const char *hard = NULL;
  gunichar before = 0;
  guint taken = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      guint width = cap_text_char_columns (c);

      if (p > text && may_break (before, c))
        nice = p;
      if (p > text && width > 0 && before != ZERO_WIDTH_JOINER)
        hard = p;
      if (c != ' ' && width > 0 && taken + width > columns && hard != NULL)
        return (nice != NULL ? nice : hard) - text;

      taken += width;
      before = c;
    }

  return strlen (text);
}

static void
break_lines (Split *self, guint columns)
{
  const char *text = self->segment->text;
  guint room = MAX (columns, self->speaker_columns + FEWEST_COLUMNS) - self->speaker_columns;
  gsize done = 0;

  g_array_set_size (self->lines, 0);
  while (text[done] != '\0')
    {
      done += fit_line (text + done, room);
      g_array_append_val (self->lines, done);
      room = columns;
    }
}

/* Makes the lines as narrow as possible without adding a cue, because the last cue
 * could otherwise be a single word that is shown too briefly to read. */
static void
balance_lines (Split *self)
{
  guint low = FEWEST_COLUMNS;
  guint high = COLUMNS;
  guint most;

  break_lines (self, COLUMNS);
  if (self->lines->len < 2)
    return;

  most = self->lines->len + self->lines->len % 2;
  while (low < high)
    {
      guint middle = (low + high) / 2;

      break_lines (self, middle);
      if (self->lines->len <= most)
        high = middle;
      else
        low = middle + 1;
    }
  break_lines (self, high);
}

static gsize
get_line_end (Split *self, guint lines)
{
  return lines == 0 ? 0 : g_array_index (self->lines, gsize, MIN (lines, self->lines->len) - 1);
}

static char *
dup_line (Split *self, guint line)
{
  gsize begin = get_line_end (self, line);

  return g_strchomp (g_strndup (self->segment->text + begin, get_line_end (self, line + 1) - begin));
}

static char *
compose_cue (Split *self, guint line)
{
  g_autofree char *first = dup_line (self, line);
  g_autofree char *second = NULL;

  if (line + 1 >= self->lines->len)
    return g_steal_pointer (&first);

  second = dup_line (self, line + 1);
  return g_strconcat (first, "\n", second, NULL);
}

/* times */

/* Some services write a word in the list differently than in the text; such words
 * are skipped. */
static GArray *
find_words (const CapSegment *segment)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Word));
  const char *place = segment->text;
  g_autoptr (GVariantIter) iter = NULL;
  const char *text;
  gint64 start, end;

  if (!g_variant_lookup (segment->details, "words", "a(sxx)", &iter))
    return found;

  while (g_variant_iter_next (iter, "(&sxx)", &text, &start, &end))
    {
      gsize length = strlen (text);
      gsize room = strnlen (place, length + WORD_BYTES);
      const char *there = length > 0 ? g_strstr_len (place, room, text) : NULL;
      Word word = { .start = start, .end = end };

      if (there == NULL)
        continue;
      word.place = there - segment->text;
      place = there + length;
      if (start >= segment->start - WORD_TIME && end <= segment->end + WORD_TIME && start <= end)
        g_array_append_val (found, word);
    }

  return found;
}

/* Returns FALSE if no word of it has a known time. */
static gboolean
time_by_words (GArray *words, gsize begin, gsize end, CapCue *cue)
{
  gboolean found = FALSE;

  for (guint i = 0; i < words->len; i++)
    {
      const Word *word = &g_array_index (words, Word, i);

      if (word->place < begin || word->place >= end)
        continue;
      if (!found)
        cue->begin = word->start;
      cue->end = word->end;
      found = TRUE;
    }

  return found;
}

static gint64
time_by_length (const CapSegment *segment, gsize place)
{
  double part = (double) place / MAX (strlen (segment->text), 1);

  return segment->start + (gint64) (part * (segment->end - segment->start));
}

static void
time_cues (Split *self, GPtrArray *cues, guint first)
{
  g_autoptr (GArray) words = find_words (self->segment);
  gboolean known = words->len > 0;

  for (guint i = first; i < cues->len && known; i++)
    {
      guint line = 2 * (i - first);

      known = time_by_words (words, get_line_end (self, line), get_line_end (self, line + 2),
                             cues->pdata[i]);
    }

  for (guint i = first; i < cues->len && !known; i++)
    {
      CapCue *cue = cues->pdata[i];
      guint line = 2 * (i - first);

      cue->begin = time_by_length (self->segment, get_line_end (self, line));
      cue->end = time_by_length (self->segment, get_line_end (self, line + 2));
    }
}

/* entries */

static void
add_entry (GPtrArray *cues, CapHistoryEntry *entry)
{
  g_autofree char *speaker = cap_text_head (cap_history_entry_get_speaker (entry), SPEAKER_COLUMNS);
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (gsize));
  guint first = cues->len;
  Split split = {
    .segment = cap_history_entry_get_segment (entry),
    .speaker_columns = *speaker != '\0' ? cap_text_columns (speaker) + strlen (": ") : 0,
    .lines = lines,
  };

  balance_lines (&split);
  for (guint line = 0; line < lines->len; line += 2)
    {
      CapCue *cue = g_new0 (CapCue, 1);

      cue->speaker = g_strdup (speaker);
      cue->first = line == 0;
      cue->text = compose_cue (&split, line);
      g_ptr_array_add (cues, cue);
    }

  if (cues->len == first + 1)
    {
      CapCue *cue = cues->pdata[first];

      cue->begin = split.segment->start;
      cue->end = split.segment->end;
    }
  else
    time_cues (&split, cues, first);
}

static void
move_cues (GPtrArray *cues, guint first, gint64 by)
{
  for (guint i = first; i < cues->len; i++)
    {
      CapCue *cue = cues->pdata[i];

      cue->begin += by;
      cue->end += by;
    }
}

/* Moves a cue that overlaps the one before it, so that each is long enough to read. */
static void
settle (GPtrArray *cues)
{
  for (guint i = 1; i < cues->len; i++)
    {
      CapCue *previous = cues->pdata[i - 1];
      CapCue *cue = cues->pdata[i];

      cue->begin = MAX (cue->begin, previous->begin + SHORTEST);
    }

  for (guint i = 0; i < cues->len; i++)
    {
      CapCue *cue = cues->pdata[i];
      CapCue *next = i + 1 < cues->len ? cues->pdata[i + 1] : NULL;

      cue->end = MAX (cue->end, cue->begin + SHORTEST);
      if (next != NULL)
        cue->end = MIN (cue->end, next->begin);
    }
}

static void
append_time (GString *text, gint64 time, char point)
{
  gint64 milliseconds = time / G_TIME_SPAN_MILLISECOND;

  g_string_append_printf (text, "%02" G_GINT64_FORMAT ":%02d:%02d%c%03d", milliseconds / 3600000,
                          (int) (milliseconds / 60000 % 60), (int) (milliseconds / 1000 % 60),
                          point, (int) (milliseconds % 1000));
}

/* public */

GPtrArray *
cap_cues_new (GListModel *entries)
{
  GPtrArray *cues = g_ptr_array_new_with_free_func (free_cue);
  guint n;
  guint stream = 0;
  gint64 zero = 0; /* time of day of the first entry, plus the sum of backward clock changes */
  gint64 last = 0;

  g_return_val_if_fail (G_IS_LIST_MODEL (entries), NULL);

  n = g_list_model_get_n_items (entries);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CapHistoryEntry) entry = g_list_model_get_item (entries, i);
      gint64 epoch = cap_history_entry_get_epoch (entry);
      guint first = cues->len;
      CapCue *cue;

      add_entry (cues, entry);
      if (cues->len == first)
        continue;

      cue = cues->pdata[first];
      if (first == 0)
        zero = epoch + cue->begin;
      else if (cap_history_entry_get_stream (entry) != stream)
        zero = MIN (zero, epoch + cue->begin - last);
      stream = cap_history_entry_get_stream (entry);

      move_cues (cues, first, epoch - zero);
      cue = cues->pdata[cues->len - 1];
      last = MAX (last, cue->end);
    }

  settle (cues);
  return cues;
}

void
cap_cue_append_times (const CapCue *self, char point, GString *text)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);

  append_time (text, self->begin, point);
  g_string_append (text, " --> ");
  append_time (text, self->end, point);
}
