/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Compares the files in @folder, an installed model, with its manifest, in a thread.
 * Files that the manifest does not name do not count. Fails with
 * CAP_ERROR_MODEL_DAMAGED, CAP_ERROR_DISK_FAILED or G_IO_ERROR_CANCELLED. */
void cap_verify_async (const char *folder,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
gboolean cap_verify_finish (GAsyncResult *result, GError **error);

/* The same in this thread. */
gboolean cap_verify (const char *folder, GCancellable *cancellable, GError **error);

G_END_DECLS
