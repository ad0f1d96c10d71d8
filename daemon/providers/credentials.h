/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/provider.h"
#include "providers/secret.h"

G_BEGIN_DECLS

/* Where the keys of providers come from: the environment variable
 * CAPTIOND_KEY_ID (as it was when the daemon started; "-" is "_"), the systemd
 * credential captiond-key-ID, the Secret Service, or the provider's own
 * command that prints a token. The first that has one counts.
 *
 * In the Secret Service a key belongs to a provider and a host: a provider
 * whose URL names another host does not get the key of the one before. */
#define CAP_TYPE_CREDENTIALS (cap_credentials_get_type ())
G_DECLARE_FINAL_TYPE (CapCredentials, cap_credentials, CAP, CREDENTIALS, GObject)

/* Takes every CAPTIOND_KEY_… out of the environment, so that no child inherits
 * it: call it once, before there are threads. */
CapCredentials *cap_credentials_new (void);

/* The key, or the token of the command (kept, and fetched anew a little before
 * it expires). A provider that needs none gives NULL without an error.
 * @may_prompt: a locked keyring may ask the user to unlock it.
 *
 * CAP_ERROR_NO_CREDENTIALS (there is none, or the command printed none),
 * CAP_ERROR_KEYRING_LOCKED (locked, or the user refused), G_IO_ERROR_CANCELLED.
 * @key_optional: no key is no error, but NULL. */
void cap_credentials_get_async (CapCredentials *self,
                                CapProvider *provider,
                                gboolean key_optional,
                                gboolean may_prompt,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* FALSE with an error; TRUE with *@secret set, to NULL where none is needed. */
gboolean cap_credentials_get_finish (CapCredentials *self, GAsyncResult *result, CapSecret **secret,
                                     GError **error);

/* How it stands with the key, without ever asking the user or running a
 * command: "none", "set", "missing", "locked" or "command", as the key "key" of
 * ListEngines has it. A key that is missing may not be needed. */
void cap_credentials_peek_async (CapCredentials *self,
                                 CapProvider *provider,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Fails, with CAP_ERROR_NO_CREDENTIALS, where no keyring could be asked. */
char *cap_credentials_peek_finish (CapCredentials *self, GAsyncResult *result, GError **error);

/* Forgets a token that the service refused. */
void cap_credentials_forget_token (CapCredentials *self, CapProvider *provider);

/* Stores @secret in the Secret Service; asks to unlock it where it must. */
void cap_credentials_store_async (CapCredentials *self,
                                  CapProvider *provider,
                                  CapSecret *secret,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cap_credentials_store_finish (CapCredentials *self, GAsyncResult *result, GError **error);

/* Removes every key stored for the provider, of whatever host. No error when
 * there is none. A locked keyring is not asked for: CAP_ERROR_KEYRING_LOCKED. */
void cap_credentials_clear_async (CapCredentials *self,
                                  const char *provider_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cap_credentials_clear_finish (CapCredentials *self, GAsyncResult *result, GError **error);

G_END_DECLS
