/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The files of an installed model: a line for each, "SIZE SHA256 PATH". */
typedef struct
{
  char *path;      /* below the folder; cap_member_path_is_safe() holds, or it is the entry */
  guint64 size;    /* bytes */
  char *sha256;    /* 64 hexadecimal digits, lower case */
} CapManifestItem;

/* Returns an array of CapManifestItem. */
GPtrArray *cap_manifest_new (void);

/* Takes @sha256. */
void cap_manifest_add (GPtrArray *manifest, const char *path, guint64 size, char *sha256);

/* The bytes of all files together. */
guint64 cap_manifest_get_size (GPtrArray *manifest);

/* Reads the manifest in @folder. Fails with CAP_ERROR_MODEL_DAMAGED. */
GPtrArray *cap_manifest_read (const char *folder, GError **error);

/* Fails with the error of the file system. */
gboolean cap_manifest_write (GPtrArray *manifest, const char *folder, GError **error);

G_END_DECLS
