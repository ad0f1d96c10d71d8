/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "models/disk.h"
#include "models/entry.h"

G_BEGIN_DECLS

/* Unpacks @archive, which @file describes, into @folder, which exists, and adds each file
 * to @manifest. Blocks. @progress: the bytes of the archive, or NULL.
 *
 * Files get the mode 0600 and folders 0700, and nothing else is ever made: a member to
 * keep that is a link or a device is refused, and so are archives with an absolute path,
 * a path with "..", a name that cap_member_path_is_safe() refuses, two members with the
 * same path, more than 10,000 members, or more bytes than ten times the archive (at
 * least 1 MiB, at most 8 GiB). Tar and zip, as libarchive reads them.
 *
 * Fails with CAP_ERROR_MODEL_DAMAGED for such archives, and if a glob of @file->keep fits
 * no member; with CAP_ERROR_DISK_FULL or CAP_ERROR_DISK_FAILED; or with
 * G_IO_ERROR_CANCELLED. Then @folder holds a part of the files. */
gboolean cap_unpack (const char *archive,
                     const CapModelFile *file,
                     const char *folder,
                     GPtrArray *manifest,
                     CapProgressFunc progress,
                     gpointer user_data,
                     GCancellable *cancellable,
                     GError **error);

G_END_DECLS
