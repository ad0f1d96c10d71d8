/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Finds the library @file that a recogniser loads when it runs: the file or folder that
 * the environment variable @variable names, and no other; else in @folders and their
 * folders lib/, and in /usr/lib/captiond. Where there is none, returns @file, whose name
 * without a folder makes the dynamic linker search. NULL, with an error, if the named
 * folder lacks it. @folders: NULL-terminated. Free the result with g_free(). */
char *cap_library_search (const char *file,
                          const char *variable,
                          const char *const *folders,
                          GError **error);

G_END_DECLS
