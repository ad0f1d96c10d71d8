/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CAP_KEYRING_NAME "org.freedesktop.secrets"

/* Unlocks an item of the Secret Service, or its default keyring where @path is
 * NULL, which is made where there is none. That may open a dialog: it is
 * closed when @cancellable is cancelled.
 *
 * Not by libsecret: of a dialog that the user closes, libsecret 0.20 never
 * tells. */
void cap_keyring_unlock_async (GDBusConnection *bus,
                               const char *path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* CAP_ERROR_KEYRING_LOCKED: the user refused, or could not be asked. */
gboolean cap_keyring_unlock_finish (GAsyncResult *result, GError **error);

G_END_DECLS
