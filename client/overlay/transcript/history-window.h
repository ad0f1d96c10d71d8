/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/export.h"
#include "overlay/transcript/history.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The transcript so far: search, copy, save, clear. It is destroyed when it is
 * closed; the next one for the same history has its size.
 *
 * Actions of the window: history.find, history.copy, history.select-all,
 * history.save (s: an extension of cap_export_list), history.clear,
 * history.leave. */
#define CAP_TYPE_HISTORY_WINDOW (cap_history_window_get_type ())
G_DECLARE_FINAL_TYPE (CapHistoryWindow, cap_history_window, CAP, HISTORY_WINDOW, GtkWindow)

/* @application: or NULL */
GtkWindow *cap_history_window_new (GtkApplication *application, CapHistory *history);

/* What the search leaves over, of CapHistoryEntry; and what is selected in it. */
GtkSelectionModel *cap_history_window_get_shown (CapHistoryWindow *self);
/* What the dialog of history.save does when the user is done with it. */
void cap_history_window_save (CapHistoryWindow *self, GFile *file, const CapExport *usual);

G_END_DECLS
