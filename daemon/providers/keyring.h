/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/provider.h"
#include "providers/secret.h"

G_BEGIN_DECLS

/* Keys in the Secret Service. An item belongs to a provider and the host of its
 * URL. All functions fail with CAP_ERROR_NO_CREDENTIALS if no keyring is
 * reachable, with CAP_ERROR_KEYRING_LOCKED if it is locked or the user refused to
 * unlock it, and with G_IO_ERROR_CANCELLED. */

/* Gets the key. @key_optional: a missing key or keyring gives NULL instead of
 * CAP_ERROR_NO_CREDENTIALS. @may_prompt: may ask the user to unlock the keyring. */
void cap_keyring_get_async (CapProvider *provider,
                            gboolean key_optional,
                            gboolean may_prompt,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* A reference; NULL without an error for a missing optional key. */
CapSecret *cap_keyring_get_finish (GAsyncResult *result, GError **error);

/* Looks for the key without ever asking the user. */
void cap_keyring_peek_async (CapProvider *provider,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/* "set", "missing" or "locked". */
char *cap_keyring_peek_finish (GAsyncResult *result, GError **error);

/* Stores @secret in the default keyring. May ask the user to unlock it. */
void cap_keyring_store_async (CapProvider *provider,
                              CapSecret *secret,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cap_keyring_store_finish (GAsyncResult *result, GError **error);

/* Removes the keys of the provider for all hosts. Never asks the user. */
void cap_keyring_clear_async (const char *provider_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cap_keyring_clear_finish (GAsyncResult *result, GError **error);

G_END_DECLS
