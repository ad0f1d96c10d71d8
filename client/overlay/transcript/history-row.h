/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history-search.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A row of the transcript window: time of day, speaker, text and translation. The
 * row draws its text itself, because a list creates hundreds of rows at once, and a
 * wrapped GtkLabel takes milliseconds to measure its minimal width. */
#define CAP_TYPE_HISTORY_ROW (cap_history_row_get_type ())
G_DECLARE_FINAL_TYPE (CapHistoryRow, cap_history_row, CAP, HISTORY_ROW, GtkWidget)

GtkWidget *cap_history_row_new (void);
/* NULL before the first cap_history_row_show (). */
CapHistoryEntry *cap_history_row_get_entry (CapHistoryRow *self);
/* @search: matches to mark in the row */
void cap_history_row_show (CapHistoryRow *self, CapHistoryEntry *entry, CapHistorySearch *search);

G_END_DECLS
