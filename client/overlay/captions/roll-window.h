/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll.h"

G_BEGIN_DECLS

/* Selects the visible lines: the last ones, up to the height of the window. Visible
 * lines only ever move up. If lines are removed at the end, empty ones take their
 * place until there is new text. */
typedef struct
{
  guint height;
  GPtrArray *lines;   /* all lines (CapRollLine), including those above the window */
  GPtrArray *visible; /* CapRollLine */
  guint n_empty;      /* empty lines at the end of @visible */
  gboolean anew;      /* the next lines need not respect the visible ones */
  CapRollLine *empty;
} CapRollWindow;

CapRollWindow *cap_roll_window_new (guint height);
void cap_roll_window_free (CapRollWindow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRollWindow, cap_roll_window_free)

/* Takes effect with the next cap_roll_window_set_lines (). */
void cap_roll_window_set_height (CapRollWindow *self, guint height);
/* The next lines are placed as if none had been visible before. */
void cap_roll_window_begin (CapRollWindow *self);

/* @lines: transfer full; lines that are equal to earlier ones are replaced by
 * those. Creates a new array @visible. */
void cap_roll_window_set_lines (CapRollWindow *self, GPtrArray *lines);

/* @lines: transfer full; differs from the earlier lines only by lacking some above
 * the window, so that the visible lines do not change. */
void cap_roll_window_drop_above (CapRollWindow *self, GPtrArray *lines);

/* Index of the first visible line; the number of lines if none is visible. */
guint cap_roll_window_get_first (CapRollWindow *self);

G_END_DECLS
