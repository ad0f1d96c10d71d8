/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes all of @text at once, without stdio, because a caption must not wait in a
 * buffer. G_IO_ERROR_BROKEN_PIPE if the reader has gone. */
gboolean cap_output_write (int fd, const char *text, GError **error);

/* The same, to the standard output. */
gboolean cap_output_print (const char *text, GError **error);

G_END_DECLS
