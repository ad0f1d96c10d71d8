/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The window with the transcript: search, copy, save, clear. Closing destroys it;
 * the next window for the same history gets its size.
 *
 * Actions: history.find, history.copy, history.select-all, history.save (s: an
 * extension of cap_export_list), history.clear, history.leave. */
#define CAP_TYPE_HISTORY_WINDOW (cap_history_window_get_type ())
G_DECLARE_FINAL_TYPE (CapHistoryWindow, cap_history_window, CAP, HISTORY_WINDOW, GtkWindow)

/* @application: may be NULL. */
GtkWindow *cap_history_window_new (GtkApplication *application, CapHistory *history);

G_END_DECLS
