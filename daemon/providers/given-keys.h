/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/secret.h"

G_BEGIN_DECLS

/* Keys that whoever started the daemon gave it, by provider: the environment
 * variable CAPTIOND_KEY_ID ("-" is "_"), or the systemd credential
 * captiond-key-ID. They work where there is no keyring. */
typedef struct _CapGivenKeys CapGivenKeys;

/* Takes every CAPTIOND_KEY_… out of the environment, and overwrites it where
 * /proc/PID/environ shows it. Before there are threads. */
CapGivenKeys *cap_given_keys_new (void);
void cap_given_keys_free (CapGivenKeys *self);

void cap_given_keys_get_async (CapGivenKeys *self,
                               const char *provider_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* NULL without an error: none was given. CAP_ERROR_NO_CREDENTIALS: what was
 * given cannot be used. */
CapSecret *cap_given_keys_get_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapGivenKeys, cap_given_keys_free)

G_END_DECLS
