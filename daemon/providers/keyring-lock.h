/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CAP_KEYRING_NAME "org.freedesktop.secrets"

/* Unlocks the item @path of the Secret Service. If @path is NULL, unlocks the
 * default keyring, and creates it if there is none. This may open a dialog, which
 * closes when @cancellable is cancelled.
 *
 * libsecret is no help here: libsecret 0.20 does not report that the user closed
 * the dialog. */
void cap_keyring_unlock_async (GDBusConnection *bus,
                               const char *path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* CAP_ERROR_KEYRING_LOCKED if the user refused, or no dialog could be opened. */
gboolean cap_keyring_unlock_finish (GAsyncResult *result, GError **error);

G_END_DECLS
