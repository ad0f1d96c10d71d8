/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads @stream to its end, which must come within @max_bytes and @seconds.
 * Fails with G_IO_ERROR_TIMED_OUT, G_IO_ERROR_MESSAGE_TOO_LARGE,
 * G_IO_ERROR_CANCELLED, or the stream's own error. */
void cap_small_read_async (GInputStream *stream,
                           gsize max_bytes,
                           guint seconds,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/* The same for a pipe or a socket. When @enough is cancelled, the data ends with what
 * @stream holds by then, even if somebody could still write more. */
void cap_small_read_until_async (GPollableInputStream *stream,
                                 gsize max_bytes,
                                 guint seconds,
                                 GCancellable *enough,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* The bytes may be a secret: their memory is overwritten when the last
 * reference is dropped. */
GBytes *cap_small_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
