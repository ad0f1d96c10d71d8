/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/segment.h"

CapSegment *
cap_segment_new (GVariant *row)
{
  g_autoptr (GVariant) details = NULL;
  guint64 id, serial;
  const char *text;
  gboolean final;
  gint64 start, end;

  g_return_val_if_fail (row != NULL, NULL);

  g_variant_get (row, "(tt&sbxx@a{sv})", &id, &serial, &text, &final, &start, &end, &details);
  return cap_segment_new_full (id, serial, text, final, start, end, details);
}

CapSegment *
cap_segment_new_full (guint64 id,
                      guint64 serial,
                      const char *text,
                      gboolean final,
                      gint64 start,
                      gint64 end,
                      GVariant *details)
{
  CapSegment *self;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (details != NULL, NULL);

  self = g_new0 (CapSegment, 1);
  self->id = id;
  self->serial = serial;
  self->text = g_strdup (text);
  self->final = final;
  self->start = start;
  self->end = end;
  self->details = g_variant_ref_sink (details);
  g_variant_lookup (self->details, "retracted", "b", &self->retracted);
  return self;
}

CapSegment *
cap_segment_new_retracted (guint64 id, guint64 serial)
{
  CapSegment *self = g_new0 (CapSegment, 1);

  self->id = id;
  self->serial = serial;
  self->text = g_strdup ("");
  self->retracted = TRUE;
  self->details = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  return self;
}

CapSegment *
cap_segment_copy (const CapSegment *self)
{
  CapSegment *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (CapSegment, 1);
  *copy = *self;
  copy->text = g_strdup (self->text);
  copy->details = g_variant_ref (self->details);
  return copy;
}

void
cap_segment_free (CapSegment *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->text);
  g_variant_unref (self->details);
  g_free (self);
}

int
cap_segment_compare (gconstpointer a, gconstpointer b)
{
  const CapSegment *left = *(const CapSegment *const *) a;
  const CapSegment *right = *(const CapSegment *const *) b;

  if (left->start != right->start)
    return left->start < right->start ? -1 : 1;

  return left->id < right->id ? -1 : left->id > right->id;
}
