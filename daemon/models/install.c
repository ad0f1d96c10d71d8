/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/install.h"
#include "dbus/error.h"
#include "models/manifest.h"
#include "models/store.h"
#include "models/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How much larger an archive of a model may be expected to become. */
#define UNPACKED_RATIO 2
#define BLOCK (256 * 1024)

/* struct */

typedef struct
{
  CapModelEntry *entry;
  const char *folder;
  const char *import; /* or NULL */
  const CapFetchPatience *patience;
  char *downloads, *tree;
  GPtrArray *manifest;

  CapInstallFunc progress;
  gpointer user_data;
  const char *stage;
  guint64 base, total; /* bytes of earlier files of the stage, and of all its files */
  GCancellable *cancellable;
} Install;

static void
install_clear (Install *self)
{
  g_free (self->downloads);
  g_free (self->tree);
  g_clear_pointer (&self->manifest, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Install, install_clear)

/* private: progress */

static void
begin_stage (Install *self, const char *stage, guint64 total)
{
  self->stage = stage;
  self->base = 0;
  self->total = total;
  self->progress (stage, 0, total, self->user_data);
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Install *self = user_data;

  self->progress (self->stage, MIN (self->base + done, self->total), self->total, self->user_data);
}

/* private: files */

/* The bytes of the file that an earlier attempt has stored. */
static guint64
measure_stored (Install *self, const CapModelFile *file)
{
  g_autofree char *path = g_build_filename (self->downloads, file->name, NULL);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  struct stat info;

  if (stat (path, &info) < 0 && stat (part, &info) < 0)
    return 0;
  return MIN ((guint64) info.st_size, file->size);
}

static guint64
estimate_needed (Install *self)
{
  guint64 bytes = 0;

  for (guint i = 0; i < self->entry->files->len; i++)
    {
      const CapModelFile *file = g_ptr_array_index (self->entry->files, i);

      bytes += file->size - measure_stored (self, file) + (file->unpack ? file->size * UNPACKED_RATIO : 0);
    }

  return bytes;
}

static gboolean
refuse_import (Install *self, const CapModelFile *file, const char *why, GError **error)
{
  g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
               "folder: The file %s in %s %s, so the model is not installed. Get the file anew.", file->name,
               self->import, why);
  return FALSE;
}

/* Writes the bytes of @from, as many as the file must have, to @to. */
static gboolean
copy_bytes (Install *self, const CapModelFile *file, int from, int to, const char *target, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *block = g_malloc (BLOCK);
  guint64 done = 0;
  gssize n;

  while ((n = read (from, block, BLOCK)) > 0 && done + n <= file->size)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (!cap_disk_write (to, block, n))
        return cap_disk_fail (errno, target, error);
      g_checksum_update (checksum, block, n);
      done += n;
      on_progress (done, file->size, self);
    }

  if (n < 0)
    return cap_disk_fail (errno, self->import, error);
  return (n == 0 && done == file->size && g_str_equal (g_checksum_get_string (checksum), file->sha256))
         || refuse_import (self, file, "is not the file that the catalogue means", error);
}

/* The file could change while it is being unpacked, so that its copy is used. */
static gboolean
import_file (Install *self, const CapModelFile *file, const char *target, GError **error)
{
  g_autofree char *source = g_build_filename (self->import, file->name, NULL);
  struct stat info;
  gboolean copied;
  int from, to;

  /* Opening a pipe would wait for its writer. */
  from = open (source, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (from < 0 || fstat (from, &info) < 0 || !S_ISREG (info.st_mode))
    {
      if (from >= 0)
        close (from);
      return refuse_import (self, file, "is missing", error);
    }

  unlink (target);
  to = open (target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  copied = to >= 0 ? copy_bytes (self, file, from, to, target, error) : cap_disk_fail (errno, target, error);
  if (to >= 0 && close (to) < 0 && copied)
    copied = cap_disk_fail (errno, target, error);
  close (from);
  return copied;
}

static gboolean
get_files (Install *self, GError **error)
{
  begin_stage (self, self->import != NULL ? "copy" : "download",
               cap_model_entry_get_download_size (self->entry));
  for (guint i = 0; i < self->entry->files->len; i++)
    {
      const CapModelFile *file = g_ptr_array_index (self->entry->files, i);
      g_autofree char *path = g_build_filename (self->downloads, file->name, NULL);

      if (self->import != NULL ? !import_file (self, file, path, error)
                               : !cap_fetch (file, path, self->patience, on_progress, self, self->cancellable,
                                             error))
        return FALSE;
      self->base += file->size;
    }

  return TRUE;
}

/* private: the tree */

static guint64
sum_archives (CapModelEntry *entry)
{
  guint64 bytes = 0;

  for (guint i = 0; i < entry->files->len; i++)
    {
      const CapModelFile *file = g_ptr_array_index (entry->files, i);

      bytes += file->unpack ? file->size : 0;
    }

  return bytes;
}

static gboolean
move_file (Install *self, const CapModelFile *file, const char *path, GError **error)
{
  g_autofree char *target = g_build_filename (self->tree, file->name, NULL);

  if (g_file_test (target, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED,
                   "An archive of the model contains the file %s, which the model has already, so the model is "
                   "not installed. Please tell those who offer the model.", file->name);
      return FALSE;
    }
  if (rename (path, target) < 0)
    return cap_disk_fail (errno, target, error);

  cap_manifest_add (self->manifest, file->name, file->size, g_strdup (file->sha256));
  return TRUE;
}

/* Archives first: until the last one is unpacked, no download is gone. */
static gboolean
build_tree (Install *self, GError **error)
{
  begin_stage (self, "unpack", sum_archives (self->entry));
  for (int archives = TRUE; archives >= FALSE; archives--)
    for (guint i = 0; i < self->entry->files->len; i++)
      {
        const CapModelFile *file = g_ptr_array_index (self->entry->files, i);
        g_autofree char *path = g_build_filename (self->downloads, file->name, NULL);

        if (file->unpack != archives)
          continue;
        if (archives ? !cap_unpack (path, file, self->tree, self->manifest, on_progress, self,
                                    self->cancellable, error)
                     : !move_file (self, file, path, error))
          return FALSE;
        self->base += archives ? file->size : 0;
      }

  return TRUE;
}

static gboolean
write_entry (Install *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->tree, CAP_MODEL_ENTRY_NAME, NULL);
  gsize n;
  const char *text = g_bytes_get_data (self->entry->text, &n);

  cap_manifest_add (self->manifest, CAP_MODEL_ENTRY_NAME, n,
                    g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->entry->text));
  return g_file_set_contents_full (path, text, n, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error)
         && cap_manifest_write (self->manifest, self->tree, error);
}

/* GLib reports a full disk in its own words. */
static void
name_full_disk (const char *folder, GError **error)
{
  if (error == NULL || !(g_error_matches (*error, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
                         || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NO_SPACE)))
    return;

  g_clear_error (error);
  cap_disk_fail (ENOSPC, folder, error);
}

static gboolean
describe (Install *self, GError **error)
{
  if (write_entry (self, error))
    return TRUE;

  name_full_disk (self->tree, error);
  return FALSE;
}

static gboolean
prepare (Install *self, GError **error)
{
  return cap_store_prepare (self->folder, self->entry->id, error)
         && cap_disk_check_room (self->folder, estimate_needed (self), error)
         && get_files (self, error)
         && build_tree (self, error)
         && describe (self, error)
         && !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static void
tidy (Install *self, const GError *error)
{
  gboolean useless = self->import != NULL
                     || g_error_matches (error, CAP_ERROR, CAP_ERROR_DISK_FULL)
                     || g_error_matches (error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED);

  cap_disk_remove (self->tree);
  if (useless)
    cap_store_forget (self->folder, self->entry->id);
}

/* public functions */

gboolean
cap_install_prepare (CapModelEntry *entry,
                     const char *folder,
                     const char *import,
                     const CapFetchPatience *patience,
                     CapInstallFunc progress,
                     gpointer user_data,
                     GCancellable *cancellable,
                     GError **error)
{
  g_auto (Install) self = { 0 };
  GError *cause = NULL;

  g_return_val_if_fail (entry != NULL && entry->fits, FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);
  g_return_val_if_fail (progress != NULL, FALSE);

  self.entry = entry;
  self.folder = folder;
  self.import = import;
  self.patience = patience;
  self.downloads = cap_store_get_download_folder (folder, entry->id);
  self.tree = cap_store_get_tree (folder, entry->id);
  self.manifest = cap_manifest_new ();
  self.progress = progress;
  self.user_data = user_data;
  self.cancellable = cancellable;
  if (prepare (&self, &cause))
    return TRUE;

  tidy (&self, cause);
  g_propagate_error (error, cause);
  return FALSE;
}

gboolean
cap_install_put (CapModelEntry *entry,
                 const char *folder,
                 CapInstallFunc progress,
                 gpointer user_data,
                 GError **error)
{
  g_autofree char *tree = NULL;

  g_return_val_if_fail (entry != NULL, FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);
  g_return_val_if_fail (progress != NULL, FALSE);

  progress ("store", 0, 0, user_data);
  if (cap_store_put (folder, entry->id, error))
    return TRUE;

  tree = cap_store_get_tree (folder, entry->id);
  cap_disk_remove (tree);
  return FALSE;
}
