/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history-search.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One entry in the history window: time of day, and beside it speaker, text
 * and translation. It draws them itself: a list makes hundreds of rows at
 * once, and wrapped labels take milliseconds each to find out how narrow they
 * could be. */
#define CAP_TYPE_HISTORY_ROW (cap_history_row_get_type ())
G_DECLARE_FINAL_TYPE (CapHistoryRow, cap_history_row, CAP, HISTORY_ROW, GtkWidget)

GtkWidget *cap_history_row_new (void);
/* NULL before the first one. */
CapHistoryEntry *cap_history_row_get_entry (CapHistoryRow *self);
/* @search: what is marked in it */
void cap_history_row_show (CapHistoryRow *self, CapHistoryEntry *entry, CapHistorySearch *search);

G_END_DECLS
