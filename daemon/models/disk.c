/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/disk.h"
#include "dbus/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* A disk that is full to the last byte troubles every other program too. */
#define RESERVE ((guint64) 16 << 20)
#define MAX_DEPTH 64
#define BLOCK ((gsize) 256 * 1024)

/* private */

static gboolean
fail_full (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_set_error (error, CAP_ERROR, CAP_ERROR_DISK_FULL,
               "The disk is full, so the model cannot be stored in %s. Make room there, and try again.", folder);
  return FALSE;
}

/* Takes @fd. */
static void
remove_inside (int fd, guint depth)
{
  DIR *dir = fdopendir (fd);
  struct dirent *item;

  if (dir == NULL)
    {
      close (fd);
      return;
    }

  while ((item = readdir (dir)) != NULL)
    {
      int inner;

      if (g_str_equal (item->d_name, ".") || g_str_equal (item->d_name, "..")
          || unlinkat (fd, item->d_name, 0) == 0 || depth == 0)
        continue;
      inner = openat (fd, item->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (inner >= 0)
        remove_inside (inner, depth - 1);
      unlinkat (fd, item->d_name, AT_REMOVEDIR);
    }

  closedir (dir);
}

/* public functions */

gboolean
cap_disk_fail (int code, const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);

  if (code == ENOSPC || code == EDQUOT)
    return fail_full (path, error);

  g_set_error (error, CAP_ERROR, CAP_ERROR_DISK_FAILED,
               "captiond cannot write or read %s: %s. Check the permissions of its folder, and try again.", path,
               g_strerror (code));
  return FALSE;
}

gboolean
cap_disk_check_room (const char *folder, guint64 bytes, GError **error)
{
  struct statvfs info;
  guint64 room;
  g_autofree char *needed = NULL;
  g_autofree char *there = NULL;

  g_return_val_if_fail (folder != NULL, FALSE);

  if (statvfs (folder, &info) < 0)
    return cap_disk_fail (errno, folder, error);
  room = (guint64) info.f_bavail * info.f_frsize;
  if (room >= bytes + RESERVE)
    return TRUE;

  needed = g_format_size (bytes + RESERVE);
  there = g_format_size (room);
  g_set_error (error, CAP_ERROR, CAP_ERROR_DISK_FULL,
               "The model needs %s in %s while it is being installed, and only %s are free. Make room there, "
               "and try again.", needed, folder, there);
  return FALSE;
}

gboolean
cap_disk_write (int fd, const void *data, gsize n)
{
  const char *at = data;

  while (n > 0)
    {
      gssize written = write (fd, at, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      at += written;
      n -= written;
    }

  return TRUE;
}

gboolean
cap_disk_hash (int fd, const char *path, guint64 n, GChecksum *checksum, CapProgressFunc progress,
               gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autofree guchar *block = NULL;
  guint64 done = 0;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (checksum != NULL, FALSE);

  block = g_malloc (BLOCK);
  while (done < n)
    {
      gssize got = read (fd, block, MIN (BLOCK, n - done));

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return cap_disk_fail (errno, path, error);
      if (got == 0)
        {
          g_set_error (error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED,
                       "The file %s is shorter than it should be, so captiond does not use it.", path);
          return FALSE;
        }
      g_checksum_update (checksum, block, got);
      done += got;
      if (progress != NULL)
        progress (done, n, user_data);
    }

  return TRUE;
}

gboolean
cap_disk_make_folder (const char *folder, GError **error)
{
  g_return_val_if_fail (folder != NULL, FALSE);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;

  return cap_disk_fail (errno, folder, error);
}

void
cap_disk_remove (const char *path)
{
  int fd;

  g_return_if_fail (path != NULL);

  if (unlink (path) == 0 || errno == ENOENT)
    return;
  fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0)
    remove_inside (fd, MAX_DEPTH);
  rmdir (path);
}

gboolean
cap_disk_sync (const char *folder, GError **error)
{
  int fd;
  gboolean done;
  int code;

  g_return_val_if_fail (folder != NULL, FALSE);

  fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return cap_disk_fail (errno, folder, error);

  done = syncfs (fd) == 0;
  code = errno;
  close (fd);
  return done || cap_disk_fail (code, folder, error);
}
