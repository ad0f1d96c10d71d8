/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The user's folder of models on the disk:
 *
 *   ID/                    an installed model
 *   .partial/ID/download/  its files while they arrive
 *   .partial/ID/tree/      the model while it is being built
 *   .partial/ID.removed    a removed model that is being deleted
 *   .partial/ID.old        a replaced model, where the file system cannot exchange two
 *
 * A model appears and disappears with one rename, so that the user has the old state or
 * the new one whenever captiond ends. Each function blocks. @folder is the folder of all
 * models. */

/* Makes the folders, and keeps every other captiond out of them until the file
 * descriptor is closed. -1 with CAP_ERROR_LIMIT_EXCEEDED if another one is at work, or
 * with the error of the file system. The functions below need the lock. */
int cap_store_lock (const char *folder, GError **error);

char *cap_store_get_download_folder (const char *folder, const char *id);
char *cap_store_get_tree (const char *folder, const char *id);

/* Makes both folders of a model, the tree empty. */
gboolean cap_store_prepare (const char *folder, const char *id, GError **error);

/* Puts the tree in its place, instead of a model that is there, and removes the
 * downloads. */
gboolean cap_store_put (const char *folder, const char *id, GError **error);

/* Removes an installed model. It is no error if it is not installed. */
gboolean cap_store_remove (const char *folder, const char *id, GError **error);

/* Removes the downloads of a model that is not going to be installed. */
void cap_store_forget (const char *folder, const char *id);

/* Puts a replaced model back that had no successor when captiond ended. Quick; does
 * nothing if there is no folder yet, or another captiond is at work. Takes the lock
 * itself, as does the next function. */
void cap_store_recover (const char *folder);

/* Deletes what other runs have left, except for downloads of the last seven days, which
 * may be continued. */
void cap_store_sweep (const char *folder);

G_END_DECLS
