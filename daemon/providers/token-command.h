/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/secret.h"

G_BEGIN_DECLS

/* The time that a command may take. */
#define CAP_TOKEN_COMMAND_SECONDS 30

/* Runs @argv without a shell, without input and without CAPTIOND_KEY_… in its
 * environment, and reads a token from its standard output: one line, or the JSON
 * of "az account get-access-token", which includes the time of expiry. It discards
 * standard error, which may contain the token. Kills the command after @seconds
 * and when @cancellable is cancelled.
 *
 * Errors: CAP_ERROR_NO_CREDENTIALS for every failure, G_IO_ERROR_CANCELLED. */
void cap_token_command_run_async (const char *const *argv,
                                  guint seconds,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CapSecret *cap_token_command_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
