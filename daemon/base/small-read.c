/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/small-read.h"
#include "base/deadline.h"

#include <string.h>

/* struct */

typedef struct
{
  gsize size; /* one byte more than the limit, to notice a longer stream */
  char data[];
} Buffer;

typedef struct
{
  CapDeadline *deadline;
  Buffer *buffer;
} Read;

static void
buffer_free (gpointer data)
{
  Buffer *buffer = data;

  explicit_bzero (buffer->data, buffer->size);
  g_free (buffer);
}

static void
read_free (gpointer data)
{
  Read *self = data;

  cap_deadline_free (self->deadline);
  g_clear_pointer (&self->buffer, buffer_free);
  g_free (self);
}

/* callbacks */

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Read *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  Buffer *buffer;
  gsize n;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, &error))
    {
      if (cap_deadline_is_over (self->deadline))
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The data did not end in time.");
      else
        g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (n == self->buffer->size)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                               "The data is longer than %" G_GSIZE_FORMAT " bytes.", n - 1);
      return;
    }

  buffer = g_steal_pointer (&self->buffer);
  g_task_return_pointer (task, g_bytes_new_with_free_func (buffer->data, n, buffer_free, buffer),
                         (GDestroyNotify) g_bytes_unref);
}

/* public methods */

void
cap_small_read_async (GInputStream *stream, gsize max_bytes, guint seconds, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (G_IS_INPUT_STREAM (stream));

  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  Read *self = g_new0 (Read, 1);

  self->deadline = cap_deadline_new (cancellable, seconds * 1000);
  self->buffer = g_malloc0 (sizeof (Buffer) + max_bytes + 1);
  self->buffer->size = max_bytes + 1;
  g_task_set_task_data (task, self, read_free);
  g_input_stream_read_all_async (stream, self->buffer->data, self->buffer->size, G_PRIORITY_DEFAULT,
                                 cap_deadline_get_cancellable (self->deadline), on_read,
                                 g_steal_pointer (&task));
}

GBytes *
cap_small_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
