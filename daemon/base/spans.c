/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/spans.h"

typedef struct
{
  guint64 begin, end;
} Span;

struct _CapSpans
{
  GArray *spans; /* of Span */
};

static Span *
span_at (CapSpans *self, guint i)
{
  return &g_array_index (self->spans, Span, i);
}

CapSpans *
cap_spans_new (void)
{
  CapSpans *self = g_new0 (CapSpans, 1);

  self->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  return self;
}

void
cap_spans_free (CapSpans *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->spans);
  g_free (self);
}

void
cap_spans_add (CapSpans *self, guint64 begin, guint64 end)
{
  Span span = { begin, end };
  guint first = 0, n = 0;

  g_return_if_fail (self != NULL);

  if (begin >= end)
    return;

  while (first < self->spans->len && span_at (self, first)->end < begin)
    first++;
  for (; first + n < self->spans->len && span_at (self, first + n)->begin <= end; n++)
    {
      span.begin = MIN (span.begin, span_at (self, first + n)->begin);
      span.end = MAX (span.end, span_at (self, first + n)->end);
    }
  g_array_remove_range (self->spans, first, n);
  g_array_insert_val (self->spans, first, span);
}

void
cap_spans_remove (CapSpans *self, guint64 begin, guint64 end)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->spans->len && begin < end;)
    {
      Span span = *span_at (self, i);

      if (span.end <= begin || span.begin >= end)
        {
          i++;
          continue;
        }
      g_array_remove_index (self->spans, i);
      if (span.begin < begin)
        g_array_insert_val (self->spans, i++, ((Span) { span.begin, begin }));
      if (span.end > end)
        g_array_insert_val (self->spans, i++, ((Span) { end, span.end }));
    }
}

guint64
cap_spans_get_end (CapSpans *self, guint64 position)
{
  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->spans->len && span_at (self, i)->begin <= position; i++)
    if (position < span_at (self, i)->end)
      return span_at (self, i)->end;

  return position;
}

guint64
cap_spans_get_next (CapSpans *self, guint64 position)
{
  g_return_val_if_fail (self != NULL, G_MAXUINT64);

  for (guint i = 0; i < self->spans->len; i++)
    if (span_at (self, i)->begin > position)
      return span_at (self, i)->begin;

  return G_MAXUINT64;
}

gboolean
cap_spans_is_empty (CapSpans *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->spans->len == 0;
}

gboolean
cap_spans_peek (CapSpans *self, guint64 *begin, guint64 *end)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (begin != NULL, FALSE);
  g_return_val_if_fail (end != NULL, FALSE);

  if (self->spans->len == 0)
    return FALSE;

  *begin = span_at (self, 0)->begin;
  *end = span_at (self, 0)->end;
  return TRUE;
}
