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

  /* only for a read that can end early */
  gsize n;
  GSource *source;
  GCancellable *enough;
  gulong handler; /* on enough */
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

  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
      g_signal_handler_disconnect (self->enough, self->handler);
      g_object_unref (self->enough);
    }
  cap_deadline_free (self->deadline);
  g_clear_pointer (&self->buffer, buffer_free);
  g_free (self);
}

/* private */

static GTask *
task_new (GInputStream *stream, gsize max_bytes, guint seconds, GCancellable *cancellable,
          GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (stream, cancellable, callback, user_data);
  Read *self = g_new0 (Read, 1);

  self->deadline = cap_deadline_new (cancellable, seconds * 1000);
  self->buffer = g_malloc0 (sizeof (Buffer) + max_bytes + 1);
  self->buffer->size = max_bytes + 1;
  g_task_set_task_data (task, self, read_free);
  return task;
}

/* Takes @error, or NULL if @n bytes were read to the end. */
static void
conclude (GTask *task, gsize n, GError *error)
{
  Read *self = g_task_get_task_data (task);
  Buffer *buffer;

  if (error != NULL && cap_deadline_is_over (self->deadline))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The data did not end in time.");
      g_error_free (error);
    }
  else if (error != NULL)
    g_task_return_error (task, error);
  else if (n == self->buffer->size)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                             "The data is longer than %" G_GSIZE_FORMAT " bytes.", n - 1);
  else
    {
      buffer = g_steal_pointer (&self->buffer);
      g_task_return_pointer (task, g_bytes_new_with_free_func (buffer->data, n, buffer_free, buffer),
                             (GDestroyNotify) g_bytes_unref);
    }
}

/* Reads what there is. TRUE if more may come. A cancelled read could lose bytes, so only
 * the wait for them is cancelled. */
static gboolean
read_some (Read *self, GPollableInputStream *stream, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gssize n = 1;

  while (n > 0 && self->n < self->buffer->size)
    {
      char *end = self->buffer->data + self->n;

      n = g_pollable_input_stream_read_nonblocking (stream, end, self->buffer->size - self->n, NULL,
                                                    &local_error);
      self->n += MAX (n, 0);
    }
  if (n < 0 && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return !g_cancellable_set_error_if_cancelled (cap_deadline_get_cancellable (self->deadline), error);

  if (n < 0)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* callbacks */

/* Holds a reference to the task until the read ends. */
static gboolean
on_readable (GObject *stream, gpointer user_data)
{
  GTask *task = user_data;
  Read *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (read_some (self, G_POLLABLE_INPUT_STREAM (stream), &error))
    return G_SOURCE_CONTINUE;

  conclude (task, self->n, error);
  return G_SOURCE_REMOVE;
}

static void
on_enough (GTask *task)
{
  Read *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_source_is_destroyed (self->source))
    return;

  read_some (self, G_POLLABLE_INPUT_STREAM (g_task_get_source_object (task)), &error);
  conclude (task, self->n, error);
  g_source_destroy (self->source);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gsize n;

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, &error);
  conclude (task, n, error);
}

/* public methods */

void
cap_small_read_async (GInputStream *stream, gsize max_bytes, guint seconds, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Read *self;

  g_return_if_fail (G_IS_INPUT_STREAM (stream));

  task = task_new (stream, max_bytes, seconds, cancellable, callback, user_data);
  self = g_task_get_task_data (task);
  g_input_stream_read_all_async (stream, self->buffer->data, self->buffer->size, G_PRIORITY_DEFAULT,
                                 cap_deadline_get_cancellable (self->deadline), on_read, task);
}

void
cap_small_read_until_async (GPollableInputStream *stream, gsize max_bytes, guint seconds,
                            GCancellable *enough, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;
  Read *self;

  g_return_if_fail (G_IS_POLLABLE_INPUT_STREAM (stream));
  g_return_if_fail (G_IS_CANCELLABLE (enough));

  task = task_new (G_INPUT_STREAM (stream), max_bytes, seconds, cancellable, callback, user_data);
  self = g_task_get_task_data (task);
  self->enough = g_object_ref (enough);
  self->handler = g_signal_connect_swapped (enough, "cancelled", G_CALLBACK (on_enough), task);
  self->source
    = g_pollable_input_stream_create_source (stream, cap_deadline_get_cancellable (self->deadline));
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), task, g_object_unref);
  g_source_attach (self->source, NULL);
}

GBytes *
cap_small_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
