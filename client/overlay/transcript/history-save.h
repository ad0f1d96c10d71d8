/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/export.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes a transcript into a file that only its owner can read, all or
 * nothing, beside the caller's thread.
 * @entries: of CapHistoryEntry; what comes into it later is not written
 * @file: what the user chose, and agreed to have replaced
 * @usual: the format where the file's name says none: its extension is added
 *   then, and a file that has that name already is left alone */
void cap_history_save (GListModel *entries,
                       GFile *file,
                       const CapExport *usual,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data);
/* The file that was written; or NULL, with a sentence for people. */
GFile *cap_history_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
