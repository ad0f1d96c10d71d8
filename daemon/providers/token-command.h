/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/secret.h"

G_BEGIN_DECLS

/* How long a command may take. */
#define CAP_TOKEN_COMMAND_SECONDS 30

/* Runs @argv without a shell, with nothing to read and without our keys in its
 * environment, and takes the token that it prints on its standard output: in
 * one line, or as the JSON of "az account get-access-token", which says too
 * when it expires. What it says on its standard error is not looked at: it may
 * hold the token.
 *
 * CAP_ERROR_NO_CREDENTIALS for whatever goes wrong, G_IO_ERROR_CANCELLED. What
 * is still running after @seconds, or when @cancellable is cancelled, is
 * killed. */
void cap_token_command_run_async (const char *const *argv,
                                  guint seconds,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CapSecret *cap_token_command_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
