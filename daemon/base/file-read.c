/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/file-read.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail_errno (GError **error)
{
  int code = errno;

  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
  return FALSE;
}

static gboolean
check (int fd, gsize max_bytes, GError **error)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return fail_errno (error);
  if (S_ISREG (info.st_mode) && (guint64) info.st_size <= max_bytes)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               S_ISREG (info.st_mode) ? "It is longer than %" G_GSIZE_FORMAT " bytes."
                                      : "It is not a regular file of at most %" G_GSIZE_FORMAT " bytes.",
               max_bytes);
  return FALSE;
}

/* The file can become longer than it was. */
static gboolean
read_all (int fd, char *text, gsize max_bytes, gsize *length, GError **error)
{
  gssize n;

  *length = 0;
  while (*length < max_bytes && (n = read (fd, text + *length, max_bytes - *length)) != 0)
    {
      if (n < 0 && errno != EINTR)
        return fail_errno (error);
      *length += MAX (n, 0);
    }

  return TRUE;
}

char *
cap_file_read (const char *path, gsize max_bytes, gsize *length, GError **error)
{
  g_autofree char *text = NULL;
  gboolean success;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (length != NULL, NULL);

  /* Opening a pipe would wait for its writer. */
  fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    {
      fail_errno (error);
      return NULL;
    }

  success = check (fd, max_bytes, error);
  if (success)
    {
      text = g_malloc0 (max_bytes + 1);
      success = read_all (fd, text, max_bytes, length, error);
    }
  close (fd);
  return success ? g_steal_pointer (&text) : NULL;
}
