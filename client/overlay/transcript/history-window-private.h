/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* For tests. */

#pragma once

#include "overlay/transcript/export.h"
#include "overlay/transcript/history-window.h"

G_BEGIN_DECLS

/* The entries that match the search (CapHistoryEntry) and their selection. */
GtkSelectionModel *cap_history_window_get_shown (CapHistoryWindow *self);
/* Does what the dialog of history.save does after the user has chosen a file. */
void cap_history_window_save (CapHistoryWindow *self, GFile *file, const CapExport *usual);

G_END_DECLS
