/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The file descriptor comes from another program, which can keep its other ends. A read
 * of a terminal, or of a pipe with a second reader, can wait although poll() says that
 * there is data. Therefore a thread reads, and never waits in read(). */

#include "providers/key-read.h"
#include "dbus/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES (16 * 1024)

typedef struct
{
  int fd;
  gboolean pipe;
  gint64 limit; /* monotonic time */
  gsize n;
  char data[MAX_BYTES + 1]; /* one byte more, to notice more */
} Read;

static void
read_free (gpointer data)
{
  Read *self = data;

  if (self->fd >= 0)
    close (self->fd);
  explicit_bzero (self->data, sizeof self->data);
  g_free (self);
}

static gboolean
fail (GError **error, const char *why)
{
  g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "key: captiond could not read it. %s", why);
  return FALSE;
}

static gboolean
check_kind (Read *self, GError **error)
{
  struct stat info;

  if (fstat (self->fd, &info) != 0 || !(S_ISFIFO (info.st_mode) || S_ISREG (info.st_mode)))
    return fail (error, "It must come from a pipe or a file.");
  if ((fcntl (self->fd, F_GETFL) & O_ACCMODE) == O_WRONLY)
    return fail (error, "The pipe or file can only be written.");
  self->pipe = S_ISFIFO (info.st_mode);
  return TRUE;
}

/* Opens the pipe again: other users of this descriptor may want to wait. */
static gboolean
stop_waiting (Read *self, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", self->fd);
  int fd;

  if (!self->pipe)
    return TRUE;

  fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return fail (error, g_strerror (errno));
  close (self->fd);
  self->fd = fd;
  return TRUE;
}

/* Waits for data. FALSE when the time is up. */
static gboolean
wait_for_data (Read *self)
{
  struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };
  gint64 left = self->limit - g_get_monotonic_time ();

  return left > 0 && poll (&poll_fd, 1, left / 1000 + 1) != 0;
}

static gboolean
read_all (Read *self, GError **error)
{
  while (self->n < sizeof self->data)
    {
      gssize n;

      if (!wait_for_data (self))
        return fail (error, "It did not end in time.");
      n = read (self->fd, self->data + self->n, sizeof self->data - self->n);
      if (n == 0)
        return TRUE;
      if (n > 0)
        self->n += n;
      else if (errno != EAGAIN && errno != EINTR)
        return fail (error, g_strerror (errno));
    }

  return fail (error, "It is longer than 16 KiB.");
}

static void
read_key (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Read *self = data;
  GError *error = NULL;
  CapSecret *key = NULL;

  if (check_kind (self, &error) && stop_waiting (self, &error) && read_all (self, &error))
    {
      key = cap_secret_new (self->data, self->n, &error);
      g_prefix_error (&error, "key: ");
    }
  if (key != NULL)
    g_task_return_pointer (task, key, (GDestroyNotify) cap_secret_unref);
  else
    g_task_return_error (task, error);
}

/* public functions */

void
cap_key_read_async (int fd, guint seconds, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Read *self;

  g_return_if_fail (fd >= 0);

  task = g_task_new (NULL, NULL, callback, user_data);
  self = g_new0 (Read, 1);
  self->fd = fd;
  self->limit = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  g_task_set_task_data (task, self, read_free);
  g_task_run_in_thread (task, read_key);
}

CapSecret *
cap_key_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
