/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Files and folders of models. Each function blocks, so it belongs in a thread. */

/* @done and @total: bytes. Called often, in the thread that does the work. */
typedef void (*CapProgressFunc) (guint64 done, guint64 total, gpointer user_data);

/* Sets an error for @code (errno) of a call on @path: CAP_ERROR_DISK_FULL if there is
 * no room left, otherwise CAP_ERROR_DISK_FAILED. Returns FALSE. */
gboolean cap_disk_fail (int code, const char *path, GError **error);

/* Whether the file system of @folder has room for @bytes. Fails with
 * CAP_ERROR_DISK_FULL. */
gboolean cap_disk_check_room (const char *folder, guint64 bytes, GError **error);

/* Writes all of @data. On FALSE, errno says why. */
gboolean cap_disk_write (int fd, const void *data, gsize n);

/* Adds the first @n bytes of the file to @checksum, from where the file stands. Fails with
 * CAP_ERROR_MODEL_DAMAGED if it is shorter. @progress: or NULL. */
gboolean cap_disk_hash (int fd, const char *path, guint64 n, GChecksum *checksum, CapProgressFunc progress,
                        gpointer user_data, GCancellable *cancellable, GError **error);

/* Makes @folder and those above it, for the user alone. */
gboolean cap_disk_make_folder (const char *folder, GError **error);

/* Removes @path and everything below it, without following links. Ignores what it
 * cannot remove. */
void cap_disk_remove (const char *path);

/* Makes everything that was written below @folder, and its name, survive a loss of power. */
gboolean cap_disk_sync (const char *folder, GError **error);

G_END_DECLS
