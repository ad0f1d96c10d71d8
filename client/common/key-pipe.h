/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The longest key that SetKey accepts, in bytes. */
#define CAP_KEY_MAX (16 * 1024)

/* Finds the key in @text, without the white space around it that a copy from a web page
 * may have. Returns a pointer into @text, and its length in bytes. */
const char *cap_key_find (const char *text, gsize *length);

/* Returns the reading end of a pipe that holds @key, for SetKey; -1 with an error.
 * Only the kernel copies the key. */
int cap_key_pipe_new (const char *key, gsize length, GError **error);

G_END_DECLS
