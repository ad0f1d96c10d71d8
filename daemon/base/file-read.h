/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads the regular file @path, of at most @max_bytes, and appends a zero byte. Never
 * waits, and reads no pipe or device. Fails with an error of G_IO_ERROR. Free the result
 * with g_free(). */
char *cap_file_read (const char *path, gsize max_bytes, gsize *length, GError **error);

G_END_DECLS
