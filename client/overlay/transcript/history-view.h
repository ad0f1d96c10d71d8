/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The entries of a history that are looked for, from above; a sentence where
 * there is none. It stays at the end while it is there, and otherwise where it
 * is, whatever is added. */
#define CAP_TYPE_HISTORY_VIEW (cap_history_view_get_type ())
G_DECLARE_FINAL_TYPE (CapHistoryView, cap_history_view, CAP, HISTORY_VIEW, GtkBox)

GtkWidget *cap_history_view_new (CapHistory *history);

/* "" shows all. */
void cap_history_view_set_search (CapHistoryView *self, const char *words);
gboolean cap_history_view_is_searching (CapHistoryView *self);

/* What is shown, of CapHistoryEntry, and selected. */
GtkSelectionModel *cap_history_view_get_shown (CapHistoryView *self);
/* As text: what is selected, or all that is shown when nothing is. */
char *cap_history_view_compose (CapHistoryView *self);

G_END_DECLS
