/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Paths of files inside a model's folder. They come from archives and manifests, so they
 * may try to leave the folder. */

/* Whether @path names a file inside the folder: relative, UTF-8 without control
 * characters, at most 1024 bytes, 16 components of at most 255 bytes, none of them
 * empty, "." or "..", and not one of the files that captiond itself puts there. */
gboolean cap_member_path_is_safe (const char *path);

/* @raw as an archive writes it, without "." and empty components. NULL if it is absolute
 * or has a component "..". The result may be empty, and is not yet checked. */
char *cap_member_path_clean (const char *raw);

/* @path without its first @n components, as a part of @path; NULL if nothing is left. */
const char *cap_member_path_strip (const char *path, guint n);

G_END_DECLS
