/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/secret.h"

G_BEGIN_DECLS

/* Reads a key from the pipe or regular file @fd, which another program gave, to its end.
 * The end must come within 16 KiB and @seconds. Takes @fd. */
void cap_key_read_async (int fd, guint seconds, GAsyncReadyCallback callback, gpointer user_data);
/* Fails with CAP_ERROR_INVALID_OPTION. */
CapSecret *cap_key_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
