/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/store.h"
#include "dbus/error.h"
#include "models/disk.h"
#include "models/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PARTIAL ".partial"
#define REMOVED ".removed"
#define OLD ".old"
#define KEEP_SECONDS (7 * 24 * 60 * 60)

/* private */

static char *
partial_path (const char *folder, const char *id, const char *suffix)
{
  g_autofree char *name = g_strconcat (id, suffix, NULL);

  return g_build_filename (folder, PARTIAL, name, NULL);
}

static gboolean
exists (const char *path)
{
  struct stat info;

  return lstat (path, &info) == 0;
}

/* Renames survive a loss of power only when their folders are on the disk. */
static void
sync_folders (const char *folder)
{
  g_autofree char *partial = g_build_filename (folder, PARTIAL, NULL);
  const char *paths[] = { partial, folder };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      int fd = open (paths[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

      if (fd < 0)
        continue;
      fsync (fd);
      close (fd);
    }
}

static int
lock_existing (const char *partial)
{
  int fd = open (partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      int code = errno;

      close (fd);
      errno = code;
      return -1;
    }

  return fd;
}

/* For file systems that cannot exchange two folders. cap_store_recover() mends the moment
 * in which there is none. */
static gboolean
replace_in_two_steps (const char *folder, const char *id, const char *tree, const char *target)
{
  g_autofree char *old = partial_path (folder, id, OLD);

  cap_disk_remove (old);
  if (rename (target, old) < 0)
    return FALSE;
  if (rename (tree, target) < 0)
    {
      int code = errno;

      rename (old, target);
      errno = code;
      return FALSE;
    }

  cap_disk_remove (old);
  return TRUE;
}

static gboolean
put_in_place (const char *folder, const char *id, const char *tree, const char *target)
{
  if (!exists (target))
    return rename (tree, target) == 0;
  if (renameat2 (AT_FDCWD, tree, AT_FDCWD, target, RENAME_EXCHANGE) == 0)
    return TRUE;

  return (errno == EINVAL || errno == ENOSYS || errno == ENOTSUP)
         && replace_in_two_steps (folder, id, tree, target);
}

/* The names in the folder of what is unfinished. */
static char **
list_partial (const char *folder)
{
  g_autofree char *partial = g_build_filename (folder, PARTIAL, NULL);
  g_autoptr (GDir) dir = g_dir_open (partial, 0, NULL);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_strv_builder_add (names, name);
  return g_strv_builder_end (names);
}

static char *
without_suffix (const char *name, const char *suffix)
{
  return g_strndup (name, strlen (name) - strlen (suffix));
}

static gboolean
is_recent (const char *downloads)
{
  g_autoptr (GDir) dir = g_dir_open (downloads, 0, NULL);
  gint64 newest = 0;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (downloads, name, NULL);
      struct stat info;

      if (lstat (path, &info) == 0)
        newest = MAX (newest, info.st_mtime);
    }

  return newest > time (NULL) - KEEP_SECONDS;
}

static void
sweep_one (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, PARTIAL, name, NULL);
  g_autofree char *tree = g_build_filename (path, "tree", NULL);
  g_autofree char *downloads = g_build_filename (path, "download", NULL);

  cap_disk_remove (tree);
  if (!cap_model_entry_is_id (name) || g_str_has_suffix (name, REMOVED) || g_str_has_suffix (name, OLD)
      || !is_recent (downloads))
    cap_disk_remove (path);
}

/* public functions */

int
cap_store_lock (const char *folder, GError **error)
{
  g_autofree char *partial = NULL;
  int fd;

  g_return_val_if_fail (folder != NULL, -1);

  partial = g_build_filename (folder, PARTIAL, NULL);
  if (!cap_disk_make_folder (partial, error))
    return -1;
  fd = lock_existing (partial);
  if (fd < 0 && errno == EWOULDBLOCK)
    g_set_error_literal (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                         "Another captiond is installing a model for this user. Try again when it is done.");
  else if (fd < 0)
    cap_disk_fail (errno, partial, error);

  return fd;
}

char *
cap_store_get_download_folder (const char *folder, const char *id)
{
  g_return_val_if_fail (folder != NULL && id != NULL, NULL);

  return g_build_filename (folder, PARTIAL, id, "download", NULL);
}

char *
cap_store_get_tree (const char *folder, const char *id)
{
  g_return_val_if_fail (folder != NULL && id != NULL, NULL);

  return g_build_filename (folder, PARTIAL, id, "tree", NULL);
}

gboolean
cap_store_prepare (const char *folder, const char *id, GError **error)
{
  g_autofree char *downloads = cap_store_get_download_folder (folder, id);
  g_autofree char *tree = cap_store_get_tree (folder, id);

  g_return_val_if_fail (folder != NULL && id != NULL, FALSE);

  cap_disk_remove (tree);
  return cap_disk_make_folder (downloads, error) && cap_disk_make_folder (tree, error);
}

gboolean
cap_store_put (const char *folder, const char *id, GError **error)
{
  g_autofree char *tree = NULL;
  g_autofree char *target = NULL;

  g_return_val_if_fail (folder != NULL && id != NULL, FALSE);

  tree = cap_store_get_tree (folder, id);
  target = g_build_filename (folder, id, NULL);
  if (!cap_disk_sync (tree, error))
    return FALSE;
  if (!put_in_place (folder, id, tree, target))
    return cap_disk_fail (errno, target, error);

  sync_folders (folder);
  cap_store_forget (folder, id);
  return TRUE;
}

gboolean
cap_store_remove (const char *folder, const char *id, GError **error)
{
  g_autofree char *target = NULL;
  g_autofree char *removed = NULL;

  g_return_val_if_fail (folder != NULL && id != NULL, FALSE);

  target = g_build_filename (folder, id, NULL);
  removed = partial_path (folder, id, REMOVED);
  cap_disk_remove (removed);
  if (rename (target, removed) < 0 && errno != ENOENT)
    return cap_disk_fail (errno, target, error);

  sync_folders (folder);
  cap_disk_remove (removed);
  cap_store_forget (folder, id);
  return TRUE;
}

void
cap_store_forget (const char *folder, const char *id)
{
  g_autofree char *path = NULL;

  g_return_if_fail (folder != NULL && id != NULL);

  path = partial_path (folder, id, "");
  cap_disk_remove (path);
}

void
cap_store_recover (const char *folder)
{
  g_autofree char *partial = NULL;
  g_auto (GStrv) names = NULL;
  int lock;

  g_return_if_fail (folder != NULL);

  partial = g_build_filename (folder, PARTIAL, NULL);
  lock = lock_existing (partial);
  if (lock < 0)
    return;

  names = list_partial (folder);
  for (char **name = names; *name != NULL; name++)
    {
      g_autofree char *id = NULL;
      g_autofree char *old = NULL;
      g_autofree char *target = NULL;

      if (!g_str_has_suffix (*name, OLD))
        continue;
      id = without_suffix (*name, OLD);
      old = partial_path (folder, *name, "");
      target = g_build_filename (folder, id, NULL);
      if (!exists (target))
        rename (old, target);
    }
  close (lock);
}

void
cap_store_sweep (const char *folder)
{
  g_autofree char *partial = NULL;
  g_auto (GStrv) names = NULL;
  int lock;

  g_return_if_fail (folder != NULL);

  partial = g_build_filename (folder, PARTIAL, NULL);
  lock = lock_existing (partial);
  if (lock < 0)
    return;

  names = list_partial (folder);
  for (char **name = names; *name != NULL; name++)
    sweep_one (folder, *name);
  close (lock);
}
