/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/verify.h"
#include "dbus/error.h"
#include "models/disk.h"
#include "models/entry.h"
#include "models/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* private */

static gboolean
refuse (const char *path, const char *why, GError **error)
{
  g_set_error (error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED,
               "The file %s %s, so captiond does not use the model. Remove the model, and install it again.",
               path, why);
  return FALSE;
}

static gboolean
check_content (int fd, const CapManifestItem *item, const char *path, GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  struct stat info;

  if (fstat (fd, &info) < 0)
    return cap_disk_fail (errno, path, error);
  if (!S_ISREG (info.st_mode) || (guint64) info.st_size != item->size)
    return refuse (path, "has another size than it had when the model was installed", error);
  if (!cap_disk_hash (fd, path, item->size, checksum, NULL, NULL, cancellable, error))
    return FALSE;

  return g_str_equal (g_checksum_get_string (checksum), item->sha256)
         || refuse (path, "has another content than it had when the model was installed", error);
}

static gboolean
check_file (const char *folder, const CapManifestItem *item, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_build_filename (folder, item->path, NULL);
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  gboolean good;

  if (fd < 0)
    return errno == ENOENT ? refuse (path, "is missing", error) : cap_disk_fail (errno, path, error);

  good = check_content (fd, item, path, cancellable, error);
  close (fd);
  return good;
}

/* callbacks */

static void
verify_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (cap_verify (data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* public functions */

gboolean
cap_verify (const char *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) manifest = NULL;

  g_return_val_if_fail (folder != NULL, FALSE);

  manifest = cap_manifest_read (folder, error);
  if (manifest == NULL)
    return FALSE;
  for (guint i = 0; i < manifest->len; i++)
    if (!check_file (folder, g_ptr_array_index (manifest, i), cancellable, error))
      return FALSE;

  return TRUE;
}

void
cap_verify_async (const char *folder,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (folder != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_task_data (task, g_strdup (folder), g_free);
  g_task_run_in_thread (task, verify_in_thread);
}

gboolean
cap_verify_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
