/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"

G_BEGIN_DECLS

/* To mint is to ask a service for a client secret: a credential that opens one
 * session in the place of the key. @url: from the dialect's mint_url(). @key:
 * may be NULL. The arguments may be freed as soon as this returns. */
void cap_realtime_mint_async (const CapDialect *dialect,
                              const CapSessionWishes *wishes,
                              const char *url,
                              CapSecret *key,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/* TRUE when the service answered: *@secret is what it sent, or NULL if the answer
 * held none. FALSE when it refused, or could not be reached: see *@evidence. */
gboolean cap_realtime_mint_finish (const CapDialect *dialect,
                                   GAsyncResult *result,
                                   CapSecret **secret,
                                   CapEvidence *evidence);

G_END_DECLS
