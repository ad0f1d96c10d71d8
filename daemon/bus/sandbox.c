/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* More than any valid .flatpak-info or cgroup file contains. */
#define MAX_FILE_BYTES (64 * 1024)

static gboolean
fail_with_errno (GError **error, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
  return FALSE;
}

/* The bytes of the file @name below @dir; NULL without an error if there is no
 * such file. */
static char *
read_file_at (int dir, const char *name, GError **error)
{
  g_autofree char *bytes = g_malloc (MAX_FILE_BYTES + 1);
  gsize length = 0;
  gssize n = 0;
  int fd = openat (dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

  if (fd < 0)
    {
      if (errno != ENOENT)
        fail_with_errno (error, name);
      return NULL;
    }

  while (length < MAX_FILE_BYTES && (n = read (fd, bytes + length, MAX_FILE_BYTES - length)) > 0)
    length += n;
  if (n < 0)
    fail_with_errno (error, name);
  g_close (fd, NULL);
  if (n < 0)
    return NULL;

  bytes[length] = '\0';
  return g_steal_pointer (&bytes);
}

/* Flatpak puts this file at the root of the sandbox, where the application
 * cannot change it. The root folder of the process therefore tells the truth. */
static gboolean
find_flatpak (int process, char **app_id, GError **error)
{
  g_autoptr (GKeyFile) info = g_key_file_new ();
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  int root = openat (process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (root < 0)
    return fail_with_errno (error, "root");
  text = read_file_at (root, ".flatpak-info", &local);
  g_close (root, NULL);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (text == NULL)
    return TRUE;
  if (!g_key_file_load_from_data (info, text, -1, G_KEY_FILE_NONE, error))
    return FALSE;

  *app_id = g_key_file_get_string (info, "Application", "name", error);
  return *app_id != NULL;
}

/* snapd names the control group of a snap's processes snap.NAME.APP… */
static gboolean
find_snap (int process, char **app_id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = read_file_at (process, "cgroup", &local);
  g_autoptr (GRegex) pattern = g_regex_new ("/snap\\.([a-z0-9_-]+)\\.", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (text != NULL && g_regex_match (pattern, text, 0, &match))
    *app_id = g_match_info_fetch (match, 1);

  return TRUE;
}

gboolean
cap_sandbox_get_app_id (const char *proc, guint32 pid, char **app_id, GError **error)
{
  g_autofree char *path = NULL;
  gboolean told;
  int process;

  g_return_val_if_fail (proc != NULL, FALSE);
  g_return_val_if_fail (app_id != NULL, FALSE);

  *app_id = NULL;
  path = g_strdup_printf ("%s/%u", proc, pid);
  process = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (process < 0)
    return fail_with_errno (error, path);

  told = find_flatpak (process, app_id, error)
         && (*app_id != NULL || find_snap (process, app_id, error));
  g_close (process, NULL);

  return told;
}
