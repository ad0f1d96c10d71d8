/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "models/entry.h"
#include "models/fetch.h"

G_BEGIN_DECLS

/* @stage: "download", "copy", "unpack" or "store". @done and @total: bytes of this stage.
 * Called often, in the thread that does the work. */
typedef void (*CapInstallFunc) (const char *stage, guint64 done, guint64 total, gpointer user_data);

/* Installs one model, without those that it needs, below @folder, the user's folder of
 * models, in two parts. Both block, and need the lock of the store.
 *
 * prepare() gets the files and unpacks them, and leaves what is installed as it is.
 * @import: the folder that has the files, or NULL to download them.
 * @patience: of the downloads, or NULL.
 *
 * It fails as cap_fetch() and cap_unpack() do, or with CAP_ERROR_INVALID_OPTION if a file
 * is not in @import. What was downloaded stays for the next attempt, unless the disk is
 * full or an archive cannot be used. */
gboolean cap_install_prepare (CapModelEntry *entry,
                              const char *folder,
                              const char *import,
                              const CapFetchPatience *patience,
                              CapInstallFunc progress,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error);

/* Puts what was prepared in place as a whole, quickly. */
gboolean cap_install_put (CapModelEntry *entry,
                          const char *folder,
                          CapInstallFunc progress,
                          gpointer user_data,
                          GError **error);

G_END_DECLS
