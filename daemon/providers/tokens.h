/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/provider.h"
#include "providers/secret.h"

G_BEGIN_DECLS

/* A cache of the tokens that the token commands of providers print. It runs a
 * command again shortly before its token expires. */
typedef struct _CapTokens CapTokens;

CapTokens *cap_tokens_new (void);
void cap_tokens_free (CapTokens *self);

/* The caller keeps @self alive until the callback. Errors as in token-command.h. */
void cap_tokens_get_async (CapTokens *self,
                           CapProvider *provider,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
CapSecret *cap_tokens_get_finish (GAsyncResult *result, GError **error);

void cap_tokens_forget (CapTokens *self, const char *provider_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapTokens, cap_tokens_free)

G_END_DECLS
