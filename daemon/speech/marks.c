/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/marks.h"

struct _CapMarks
{
  GArray *marks; /* of CapMark */
  guint next;    /* index of the mark that the reader reaches next */
};

static const CapMark *
mark_at (CapMarks *self, guint i)
{
  return &g_array_index (self->marks, CapMark, i);
}

CapMarks *
cap_marks_new (void)
{
  CapMarks *self = g_new0 (CapMarks, 1);

  self->marks = g_array_new (FALSE, FALSE, sizeof (CapMark));
  return self;
}

void
cap_marks_free (CapMarks *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->marks);
  g_free (self);
}

void
cap_marks_add (CapMarks *self, guint64 position, gboolean begins, CapGateEnd why)
{
  g_return_if_fail (self != NULL);

  g_array_append_val (self->marks, ((CapMark) { position, begins, why }));
}

const CapMark *
cap_marks_peek (CapMarks *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->next < self->marks->len ? mark_at (self, self->next) : NULL;
}

void
cap_marks_pass (CapMarks *self)
{
  g_return_if_fail (self != NULL);

  g_return_if_fail (self->next < self->marks->len);

  self->next++;
}

gboolean
cap_marks_is_speech (CapMarks *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->next > 0 && mark_at (self, self->next - 1)->begins;
}

void
cap_marks_seek (CapMarks *self, guint64 position)
{
  g_return_if_fail (self != NULL);

  while (self->next > 0 && mark_at (self, self->next - 1)->position > position)
    self->next--;
  while (self->next < self->marks->len && mark_at (self, self->next)->position <= position)
    self->next++;
}

guint64
cap_marks_count_speech (CapMarks *self, guint64 begin, guint64 end)
{
  guint64 n = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->marks->len && mark_at (self, i)->position < end; i++)
    {
      guint64 from = MAX (mark_at (self, i)->position, begin);
      guint64 to = i + 1 < self->marks->len ? MIN (mark_at (self, i + 1)->position, end) : end;

      if (mark_at (self, i)->begins && to > from)
        n += to - from;
    }

  return n;
}

/* Keeps the last mark before @position: it tells whether @position is speech. */
void
cap_marks_forget (CapMarks *self, guint64 position)
{
  guint n = 0;

  g_return_if_fail (self != NULL);

  while (n + 1 < self->next && mark_at (self, n + 1)->position <= position)
    n++;
  g_array_remove_range (self->marks, 0, n);
  self->next -= n;
}
