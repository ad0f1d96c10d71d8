/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/export.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes a transcript into a file in a thread, completely or not at all. Only the
 * owner can read the file.
 * @entries: of CapHistoryEntry; later additions are not written
 * @file: the file that the user chose, and agreed to replace
 * @usual: the format if the name of the file has no known extension; in that case
 *   its extension is added, and an existing file is not replaced */
void cap_history_save (GListModel *entries,
                       GFile *file,
                       const CapExport *usual,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
/* Returns the file that was written, or NULL and an error with a sentence for
 * people. */
GFile *cap_history_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
