/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"

G_BEGIN_DECLS

/* Asks a service for a client secret, which opens one session in the place of
 * the key. @url: the dialect's mint_url (); @key: may be NULL. Nothing of the
 * arguments is needed any more when it returns. */
void cap_realtime_mint_async (const CapDialect *dialect,
                              const CapSessionWishes *wishes,
                              const char *url,
                              CapSecret *key,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/* FALSE when it was refused or did not arrive, with *@evidence. TRUE when it
 * was answered: with *@secret, or NULL where the answer held none. */
gboolean cap_realtime_mint_finish (const CapDialect *dialect,
                                   GAsyncResult *result,
                                   CapSecret **secret,
                                   CapEvidence *evidence);

G_END_DECLS
