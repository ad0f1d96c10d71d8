/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The entries of a history that match a search, or a sentence if there are none.
 * When entries are added, the view stays at the end if it is there, and otherwise
 * does not move. */
#define CAP_TYPE_HISTORY_VIEW (cap_history_view_get_type ())
G_DECLARE_FINAL_TYPE (CapHistoryView, cap_history_view, CAP, HISTORY_VIEW, GtkBox)

GtkWidget *cap_history_view_new (CapHistory *history);

/* "" shows all entries. */
void cap_history_view_set_search (CapHistoryView *self, const char *words);
gboolean cap_history_view_is_searching (CapHistoryView *self);

/* The shown entries (CapHistoryEntry) and their selection. */
GtkSelectionModel *cap_history_view_get_shown (CapHistoryView *self);
/* The selected entries as text, or all shown ones if none is selected. */
char *cap_history_view_compose (CapHistoryView *self);

G_END_DECLS
