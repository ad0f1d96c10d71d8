/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/provider.h"
#include "providers/secret.h"

G_BEGIN_DECLS

/* The keys of providers. A key comes from the environment variable
 * CAPTIOND_KEY_ID (as it was when the daemon started, with "_" for "-"), from
 * the systemd credential captiond-key-ID, or from the Secret Service; the first
 * source that has a key is used. A provider with a token command gets the token
 * that the command prints instead.
 *
 * In the Secret Service a key belongs to a provider and a host: a provider whose
 * URL changes to another host does not get the key stored for the old host. */
#define CAP_TYPE_CREDENTIALS (cap_credentials_get_type ())
G_DECLARE_FINAL_TYPE (CapCredentials, cap_credentials, CAP, CREDENTIALS, GObject)

/* Removes every CAPTIOND_KEY_… from the environment, so that no child inherits
 * it. Call it once, before any thread starts. */
CapCredentials *cap_credentials_new (void);

/* Gets the key, or the token of the token command (cached, and renewed shortly
 * before it expires). @key_optional: a missing key gives NULL instead of an error.
 * @may_prompt: a locked keyring may ask the user to unlock it.
 *
 * Errors: CAP_ERROR_NO_CREDENTIALS if there is no key or the command printed no
 * token, CAP_ERROR_KEYRING_LOCKED if the keyring is locked or the user refused to
 * unlock it, G_IO_ERROR_CANCELLED. */
void cap_credentials_get_async (CapCredentials *self,
                                CapProvider *provider,
                                gboolean key_optional,
                                gboolean may_prompt,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* *@secret: a reference, or NULL where the provider needs no credential. */
gboolean cap_credentials_get_finish (CapCredentials *self, GAsyncResult *result, CapSecret **secret,
                                     GError **error);

/* The state of the key: "none", "set", "missing", "locked" or "command", as in
 * the key "key" of ListEngines. Never asks the user, and runs no command. A
 * service may work although its key is missing. */
void cap_credentials_peek_async (CapCredentials *self,
                                 CapProvider *provider,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* CAP_ERROR_NO_CREDENTIALS if no keyring is reachable. */
char *cap_credentials_peek_finish (CapCredentials *self, GAsyncResult *result, GError **error);

/* Forgets a token that the service refused. */
void cap_credentials_forget_token (CapCredentials *self, CapProvider *provider);

/* Stores @secret in the Secret Service. May ask the user to unlock it. */
void cap_credentials_store_async (CapCredentials *self,
                                  CapProvider *provider,
                                  CapSecret *secret,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cap_credentials_store_finish (CapCredentials *self, GAsyncResult *result, GError **error);

/* Removes every key stored for the provider, for all hosts. It is no error if
 * there is none. Never asks to unlock a keyring: CAP_ERROR_KEYRING_LOCKED. */
void cap_credentials_clear_async (CapCredentials *self,
                                  const char *provider_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cap_credentials_clear_finish (CapCredentials *self, GAsyncResult *result, GError **error);

G_END_DECLS
