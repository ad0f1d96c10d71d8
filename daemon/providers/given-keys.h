/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/secret.h"

G_BEGIN_DECLS

/* The keys that the daemon was started with: the environment variable
 * CAPTIOND_KEY_ID (with "_" for "-") or the systemd credential captiond-key-ID
 * of each provider. They work without a keyring. */
typedef struct _CapGivenKeys CapGivenKeys;

/* Removes every CAPTIOND_KEY_… from the environment, and overwrites the memory
 * that /proc/PID/environ shows. Call it before any thread starts. */
CapGivenKeys *cap_given_keys_new (void);
void cap_given_keys_free (CapGivenKeys *self);

void cap_given_keys_get_async (CapGivenKeys *self,
                               const char *provider_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* A reference; NULL without an error if there is no such key.
 * CAP_ERROR_NO_CREDENTIALS if the systemd credential cannot be used. */
CapSecret *cap_given_keys_get_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapGivenKeys, cap_given_keys_free)

G_END_DECLS
