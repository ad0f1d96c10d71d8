/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Returns the reading end of a pipe that holds @key, for SetKey; -1 with an error.
 * Only the kernel copies the key. */
int cap_key_pipe_new (const char *key, gsize length, GError **error);

G_END_DECLS
