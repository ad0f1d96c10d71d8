/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll.h"

G_BEGIN_DECLS

/* Which lines of all are seen: the last ones, at most so many as it is high.
 * Lines that are seen move up only. Where lines go away at the end, empty ones
 * stand there until others come. */
typedef struct
{
  guint height;
  GPtrArray *lines;   /* CapRollLine: all, those above the window too */
  GPtrArray *visible; /* CapRollLine */
  guint n_empty;      /* of those, at the end */
  gboolean anew;      /* nothing was seen before that could move */
  CapRollLine *empty;
} CapRollWindow;

CapRollWindow *cap_roll_window_new (guint height);
void cap_roll_window_free (CapRollWindow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRollWindow, cap_roll_window_free)

/* What is seen changes only with cap_roll_window_set_lines. */
void cap_roll_window_set_height (CapRollWindow *self, guint height);
/* Begins anew, as if no line had ever been seen. */
void cap_roll_window_begin (CapRollWindow *self);

/* @lines: taken; a line that is what it was before gives way to the one that
 * was there. The array of those that are seen becomes another one. */
void cap_roll_window_set_lines (CapRollWindow *self, GPtrArray *lines);

/* @lines: taken; likewise, when of those before some above the first that is
 * seen are gone and all else is as it was. Nothing else is seen. */
void cap_roll_window_drop_above (CapRollWindow *self, GPtrArray *lines);

/* The index of the first of all lines that is seen; their number where none is. */
guint cap_roll_window_get_first (CapRollWindow *self);

G_END_DECLS
