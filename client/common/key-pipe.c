/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/key-pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char *
cap_key_find (const char *text, gsize *length)
{
  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (length != NULL, NULL);

  while (g_ascii_isspace (*text))
    text++;

  *length = strlen (text);
  while (*length > 0 && g_ascii_isspace (text[*length - 1]))
    (*length)--;

  return text;
}

int
cap_key_pipe_new (const char *key, gsize length, GError **error)
{
  int ends[2];
  gssize written;
  int code;

  g_return_val_if_fail (key != NULL, -1);

  if (pipe2 (ends, O_CLOEXEC | O_NONBLOCK) < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot create a pipe for the key: %s",
                   g_strerror (errno));
      return -1;
    }

  /* The whole key must fit into the pipe, because nobody reads yet. */
  written = write (ends[1], key, length);
  code = errno;
  close (ends[1]);
  if (written != (gssize) length)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot pass the key to the caption service: %s",
                   written < 0 ? g_strerror (code) : "the key does not fit into a pipe");
      close (ends[0]);
      return -1;
    }

  return ends[0];
}
