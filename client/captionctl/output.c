/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/output.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static void
await_room (int fd)
{
  struct pollfd pollfd = { .fd = fd, .events = POLLOUT };

  poll (&pollfd, 1, -1);
}

gboolean
cap_output_write (int fd, const char *text, GError **error)
{
  gsize left;

  g_return_val_if_fail (text != NULL, FALSE);

  left = strlen (text);
  while (left > 0)
    {
      gssize written = write (fd, text, left);

      if (written >= 0)
        {
          text += written;
          left -= written;
          continue;
        }
      if (errno == EINTR)
        continue;
      /* Another program that shares the standard output may have made it non-blocking. */
      if (errno == EAGAIN)
        {
          await_room (fd);
          continue;
        }

      int code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "cannot write the output: %s", g_strerror (code));
      return FALSE;
    }

  return TRUE;
}

gboolean
cap_output_print (const char *text, GError **error)
{
  return cap_output_write (STDOUT_FILENO, text, error);
}
