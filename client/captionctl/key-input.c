/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/key-input.h"
#include "captionctl/captionctl.h"
#include "captionctl/prompt.h"
#include "common/bus.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* private */

/* Keeps only the key of the first line. */
static void
trim (CapKey *self)
{
  const char *key;

  self->bytes[strcspn (self->bytes, "\r\n")] = '\0';
  key = cap_key_find (self->bytes, &self->length);
  memmove (self->bytes, key, self->length);
  self->bytes[self->length] = '\0';
}

static CapKey *
check (CapKey *taken, GError **error)
{
  g_autoptr (CapKey) self = taken;

  trim (self);
  if (self->length == 0)
    {
      g_set_error_literal (error, CAP_USAGE_ERROR, 0, "The key is empty. Nothing was changed");
      return NULL;
    }

  return g_steal_pointer (&self);
}

static gboolean
read_first_line (CapKey *self, GError **error)
{
  while (self->length < CAP_KEY_MAX)
    {
      gssize length = read (STDIN_FILENO, self->bytes + self->length, CAP_KEY_MAX - self->length);
      int code = errno;

      if (length < 0 && code == EINTR)
        continue;
      if (length < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                       "cannot read the key: %s", g_strerror (code));
          return FALSE;
        }

      self->length += (gsize) length;
      if (length == 0 || strchr (self->bytes, '\n') != NULL)
        return TRUE;
    }

  g_set_error_literal (error, CAP_USAGE_ERROR, 0,
                       "The key is longer than 16 KiB. Nothing was changed");
  return FALSE;
}

/* public */

CapKey *
cap_key_ask (const char *id, GError **error)
{
  g_autoptr (CapKey) self = NULL;
  g_autofree char *question = NULL;
  g_autoptr (GError) cause = NULL;

  g_return_val_if_fail (id != NULL, NULL);

  self = g_new0 (CapKey, 1);
  question = g_strdup_printf ("Key for %s (hidden while you type): ", id);
  if (cap_prompt_ask (question, TRUE, self->bytes, sizeof self->bytes, &cause))
    return check (g_steal_pointer (&self), error);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                         "the key is longer than a line of a terminal can be. Nothing was changed. "
                         "To pass it another way, use --key-stdin");
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

CapKey *
cap_key_read (const char *id, GError **error)
{
  g_autoptr (CapKey) self = NULL;

  g_return_val_if_fail (id != NULL, NULL);

  if (cap_prompt_is_possible ())
    return cap_key_ask (id, error);

  self = g_new0 (CapKey, 1);
  if (!read_first_line (self, error))
    return NULL;

  return check (g_steal_pointer (&self), error);
}

void
cap_key_free (CapKey *self)
{
  g_return_if_fail (self != NULL);

  explicit_bzero (self, sizeof *self);
  g_free (self);
}

gboolean
cap_key_send (const CapKey *self, GDBusConnection *connection, const char *id, GError **error)
{
  int fd;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  fd = cap_key_pipe_new (self->bytes, self->length, error);
  return fd >= 0 && cap_bus_call_with_fd (connection, "SetKey", id, fd, error);
}
