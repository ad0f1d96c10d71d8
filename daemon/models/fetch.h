/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "models/disk.h"
#include "models/entry.h"

G_BEGIN_DECLS

typedef struct
{
  guint stall_seconds; /* without any byte, a connection counts as lost */
  guint back_off_ms;   /* before the first new attempt; doubles */
} CapFetchPatience;

#define CAP_FETCH_PATIENCE { 30, 1000 }

/* Downloads @file to @path, unless it is there already. Blocks, and runs in any thread
 * that has no main loop of its own.
 *
 * Tries the addresses in their order, each again after a lost connection until three
 * attempts brought nothing new. While it is not whole, the file is called @path.part; a
 * later call continues it if the server still has the same file (ETag). @path only ever
 * has the size and the digest of @file. Addresses and redirects, of which there may be
 * ten, must be https; http is allowed from this machine to itself.
 *
 * @patience: for tests, or NULL. @progress: or NULL. Fails with
 * CAP_ERROR_DOWNLOAD_FAILED; with CAP_ERROR_DISK_FULL, and then nothing is left of the
 * file; with CAP_ERROR_DISK_FAILED; or with G_IO_ERROR_CANCELLED. */
gboolean cap_fetch (const CapModelFile *file,
                    const char *path,
                    const CapFetchPatience *patience,
                    CapProgressFunc progress,
                    gpointer user_data,
                    GCancellable *cancellable,
                    GError **error);

/* Whether @path is a whole file with the size and digest of @file. */
gboolean cap_fetch_is_whole (const CapModelFile *file, const char *path, GCancellable *cancellable);

G_END_DECLS
