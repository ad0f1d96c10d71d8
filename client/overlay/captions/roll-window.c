/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/roll-window.h"
#include "overlay/captions/roll-line.h"

static GPtrArray *
new_lines (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) cap_roll_line_unref);
}

CapRollWindow *
cap_roll_window_new (guint height)
{
  CapRollWindow *self = g_new0 (CapRollWindow, 1);
  g_autoptr (GArray) no_runs = g_array_new (FALSE, FALSE, sizeof (CapRollRun));

  self->height = height;
  self->lines = new_lines ();
  self->visible = new_lines ();
  self->empty = cap_roll_line_new ("", no_runs, FALSE, FALSE);
  return self;
}

void
cap_roll_window_free (CapRollWindow *self)
{
  g_ptr_array_unref (self->lines);
  g_ptr_array_unref (self->visible);
  cap_roll_line_unref (self->empty);
  g_free (self);
}

/* unchanged lines */

static gboolean
keep_line (GPtrArray *old, guint from, GPtrArray *lines, guint to)
{
  if (!cap_roll_line_equal (old->pdata[from], lines->pdata[to]))
    return FALSE;

  cap_roll_line_unref (lines->pdata[to]);
  lines->pdata[to] = cap_roll_line_ref (old->pdata[from]);
  return TRUE;
}

static guint
keep_beginning (GPtrArray *old, GPtrArray *lines)
{
  guint kept = 0;

  while (kept < MIN (old->len, lines->len) && keep_line (old, kept, lines, kept))
    kept++;

  return kept;
}

static guint
keep_end (GPtrArray *old, GPtrArray *lines, guint beginning)
{
  guint most = MIN (old->len, lines->len) - beginning;
  guint kept = 0;

  while (kept < most && keep_line (old, old->len - kept - 1, lines, lines->len - kept - 1))
    kept++;

  return kept;
}

static void
keep_between (GPtrArray *old, guint old_end, GPtrArray *lines, guint end, guint beginning)
{
  guint from = beginning;

  for (guint to = beginning; to < end; to++)
    for (guint i = from; i < old_end; i++)
      if (keep_line (old, i, lines, to))
        {
          from = i + 1;
          break;
        }
}

/* the window */

static guint
count_seen (CapRollWindow *self)
{
  return MIN (self->lines->len, self->height - self->n_empty);
}

/* The number of empty lines after @gone visible lines were replaced by @come others
 * before the last @end lines, which stay in place or move up. */
static guint
count_empty (CapRollWindow *self, guint gone, guint come, guint end)
{
  guint seen = count_seen (self);

  if (end >= seen)
    return self->n_empty;

  gone = MIN (gone, seen - end);
  if (come < gone)
    return self->n_empty + (gone - come);

  /* The lines below stay, and so the lines above move up instead. */
  return end > 0 ? self->n_empty : self->n_empty - MIN (self->n_empty, come - gone);
}

static void
show (CapRollWindow *self)
{
  guint seen = count_seen (self);

  g_ptr_array_unref (self->visible);
  self->visible = new_lines ();
  if (seen == 0)
    return;

  for (guint i = self->lines->len - seen; i < self->lines->len; i++)
    g_ptr_array_add (self->visible, cap_roll_line_ref (self->lines->pdata[i]));
  for (guint i = 0; i < self->n_empty; i++)
    g_ptr_array_add (self->visible, cap_roll_line_ref (self->empty));
}

void
cap_roll_window_set_height (CapRollWindow *self, guint height)
{
  g_return_if_fail (self != NULL);

  self->height = height;
  self->n_empty = MIN (self->n_empty, height - 1);
}

void
cap_roll_window_begin (CapRollWindow *self)
{
  g_return_if_fail (self != NULL);

  self->anew = TRUE;
}

void
cap_roll_window_set_lines (CapRollWindow *self, GPtrArray *lines)
{
  g_autoptr (GPtrArray) old = NULL;
  guint beginning;
  guint end;

  g_return_if_fail (self != NULL);
  g_return_if_fail (lines != NULL);

  old = self->lines;
  beginning = keep_beginning (old, lines);
  end = keep_end (old, lines, beginning);
  keep_between (old, old->len - end, lines, lines->len - end, beginning);
  self->n_empty = self->anew ? 0
                             : count_empty (self, old->len - beginning - end,
                                            lines->len - beginning - end, end);
  self->anew = FALSE;
  self->lines = lines;
  show (self);
}

void
cap_roll_window_drop_above (CapRollWindow *self, GPtrArray *lines)
{
  g_autoptr (GPtrArray) old = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (lines != NULL);

  old = self->lines;
  /* Several lines may be equal; the last ones are the same. */
  keep_end (old, lines, 0);
  self->lines = lines;
  show (self);
}

guint
cap_roll_window_get_first (CapRollWindow *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->lines->len - count_seen (self);
}
