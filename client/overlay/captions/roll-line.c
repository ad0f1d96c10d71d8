/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/roll-line.h"

static gboolean
look_alike (const CapRollRun *a, const CapRollRun *b)
{
  return a->final == b->final && a->speaker == b->speaker;
}

CapRollLine *
cap_roll_line_new (const char *text, GArray *runs, gboolean right_to_left, gboolean translation)
{
  CapRollLine *self;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (CapRollLine, 1);
  g_atomic_ref_count_init (&self->references);
  self->text = g_strdup (text);
  self->right_to_left = right_to_left;
  self->translation = translation;
  self->runs = g_new (CapRollRun, runs->len);
  for (guint i = 0; i < runs->len; i++)
    {
      CapRollRun *run = &g_array_index (runs, CapRollRun, i);

      if (run->length == 0)
        continue;
      if (self->n_runs > 0 && look_alike (run, &self->runs[self->n_runs - 1]))
        self->runs[self->n_runs - 1].length += run->length;
      else
        self->runs[self->n_runs++] = *run;
    }

  return self;
}

gboolean
cap_roll_line_equal (const CapRollLine *a, const CapRollLine *b)
{
  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  if (a->right_to_left != b->right_to_left || a->translation != b->translation
      || a->n_runs != b->n_runs || !g_str_equal (a->text, b->text))
    return FALSE;

  for (guint i = 0; i < a->n_runs; i++)
    if (a->runs[i].length != b->runs[i].length || !look_alike (&a->runs[i], &b->runs[i]))
      return FALSE;

  return TRUE;
}

CapRollLine *
cap_roll_line_ref (CapRollLine *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
cap_roll_line_unref (CapRollLine *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_free (self->text);
  g_free (self->runs);
  g_free (self);
}
