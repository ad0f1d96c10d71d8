/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/unpack.h"
#include "dbus/error.h"
#include "models/manifest.h"
#include "models/paths.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_RATIO 10
#define MIN_LIMIT ((guint64) 1 << 20)
#define MAX_LIMIT ((guint64) 8 << 30)
#define MAX_MEMBERS 10000
/* The header of a member, its padding, and some attributes. */
#define MEMBER_OVERHEAD 4096
#define BLOCK (128 * 1024)

/* struct */

typedef struct
{
  const CapModelFile *file;
  const char *folder;
  int folder_fd;
  struct archive *archive;
  GPtrArray *manifest;
  GHashTable *paths;   /* set of paths that were kept */
  gboolean *kept;      /* for each glob, whether a member fits it */
  guint n_members;
  guint64 n_bytes;     /* of all members, kept or not */
  guint64 limit;       /* for n_bytes */
  char *block;

  CapProgressFunc progress;
  gpointer user_data;
  GCancellable *cancellable;
} Unpack;

static void
unpack_clear (Unpack *self)
{
  if (self->archive != NULL)
    archive_read_free (self->archive);
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  g_clear_pointer (&self->paths, g_hash_table_unref);
  g_free (self->kept);
  g_free (self->block);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Unpack, unpack_clear)

/* private: errors */

static gboolean
refuse (Unpack *self, const char *why, GError **error)
{
  g_set_error (error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED,
               "The archive %s %s, so the model is not installed. Please tell those who offer the model.",
               self->file->name, why);
  return FALSE;
}

/* The text of libarchive may contain names from the archive. */
static gboolean
refuse_damage (Unpack *self, GError **error)
{
  const char *text = archive_error_string (self->archive);
  g_autofree char *clean = g_strescape (text != NULL ? text : "", NULL);

  g_info ("%s: libarchive says: %s", self->file->name, clean);
  return refuse (self, "is damaged, or of a kind that captiond does not read", error);
}

/* private: members */

/* The path of the member as a file of the model. NULL without an error if the archive's
 * leading components are all that it has. */
static gboolean
read_path (Unpack *self, struct archive_entry *member, char **path, GError **error)
{
  const char *raw = archive_entry_pathname_utf8 (member);
  g_autofree char *clean = NULL;
  const char *stripped;

  *path = NULL;
  /* Names that are not in the character set of the locale. */
  if (raw == NULL)
    raw = archive_entry_pathname (member);
  if (raw != NULL)
    clean = cap_member_path_clean (raw);
  if (clean == NULL)
    return refuse (self, "has a file that would be stored outside of the model's folder", error);

  stripped = cap_member_path_strip (clean, self->file->strip);
  if (*clean != '\0' && !cap_member_path_is_safe (stripped != NULL ? stripped : clean))
    return refuse (self, "has a file whose name is not allowed", error);

  *path = g_strdup (stripped);
  return TRUE;
}

static gboolean
is_wanted (Unpack *self, const char *path)
{
  char *const *keep = self->file->keep;
  gboolean wanted = keep[0] == NULL;

  for (guint i = 0; keep[i] != NULL; i++)
    if (fnmatch (keep[i], path, FNM_NOESCAPE) == 0)
      wanted = self->kept[i] = TRUE;

  return wanted;
}

/* A kept file that was not in the archive would be missed only when the model is loaded. */
static gboolean
check_complete (Unpack *self, GError **error)
{
  char *const *keep = self->file->keep;

  if (g_hash_table_size (self->paths) == 0)
    return refuse (self, "has no file of the model", error);

  for (guint i = 0; keep[i] != NULL; i++)
    if (!self->kept[i])
      {
        g_autofree char *why = g_strdup_printf ("lacks %s", keep[i]);

        return refuse (self, why, error);
      }

  return TRUE;
}

/* private: reading */

static gboolean
count (Unpack *self, gsize n, GError **error)
{
  guint64 raw = archive_filter_bytes (self->archive, 0);

  self->n_bytes += n;
  if (self->n_bytes > self->limit
      || raw > self->limit + (guint64) self->n_members * MEMBER_OVERHEAD + MIN_LIMIT)
    return refuse (self, "contains far more than its size can hold", error);

  if (self->progress != NULL)
    self->progress (archive_filter_bytes (self->archive, -1), self->file->size, self->user_data);
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

/* Reads the member to its end. Writes it to @fd unless that is -1. @checksum: or NULL. */
static gboolean
copy (Unpack *self, int fd, const char *path, GChecksum *checksum, guint64 *size, GError **error)
{
  la_ssize_t n;

  for (*size = 0; (n = archive_read_data (self->archive, self->block, BLOCK)) > 0; *size += n)
    {
      if (!count (self, n, error))
        return FALSE;
      if (checksum != NULL)
        g_checksum_update (checksum, (const guchar *) self->block, n);
      if (fd >= 0 && !cap_disk_write (fd, self->block, n))
        return cap_disk_fail (errno, path, error);
    }

  return n == 0 || refuse_damage (self, error);
}

static gboolean
make_folders (Unpack *self, const char *path, GError **error)
{
  g_autofree char *folder = g_strdup (path);

  for (char *slash = strchr (folder, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      *slash = '\0';
      if (mkdirat (self->folder_fd, folder, 0700) < 0 && errno != EEXIST)
        return errno == ENOTDIR ? refuse (self, "has two files with the same name", error)
                                : cap_disk_fail (errno, self->folder, error);
      *slash = '/';
    }

  return TRUE;
}

static gboolean
keep (Unpack *self, const char *path, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *full = g_build_filename (self->folder, path, NULL);
  guint64 size;
  gboolean copied;
  int fd;

  if (!make_folders (self, path, error))
    return FALSE;
  fd = openat (self->folder_fd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 && (errno == EEXIST || errno == ENOTDIR))
    return refuse (self, "has two files with the same name", error);
  if (fd < 0)
    return cap_disk_fail (errno, full, error);

  copied = copy (self, fd, full, checksum, &size, error);
  /* Some file systems report a full disk only now. */
  if (close (fd) < 0 && copied)
    copied = cap_disk_fail (errno, full, error);
  if (!copied)
    return FALSE;

  g_hash_table_add (self->paths, g_strdup (path));
  cap_manifest_add (self->manifest, path, size, g_strdup (g_checksum_get_string (checksum)));
  return TRUE;
}

static gboolean
is_file (struct archive_entry *member)
{
  return archive_entry_filetype (member) == AE_IFREG && archive_entry_hardlink (member) == NULL;
}

static gboolean
take_member (Unpack *self, struct archive_entry *member, GError **error)
{
  g_autofree char *path = NULL;
  guint64 size;

  if (++self->n_members > MAX_MEMBERS)
    return refuse (self, "has more than 10,000 files", error);
  if (!read_path (self, member, &path, error))
    return FALSE;
  if (archive_entry_filetype (member) == AE_IFDIR)
    return count (self, 0, error);

  if (path != NULL && is_wanted (self, path))
    return is_file (member) ? keep (self, path, error)
                            : refuse (self, "has a link or a device in place of a file", error);

  /* libarchive would skip it without looking at the limit. */
  return !is_file (member) || copy (self, -1, "", NULL, &size, error);
}

static gboolean
take_members (Unpack *self, GError **error)
{
  struct archive_entry *member;
  int result;

  while ((result = archive_read_next_header (self->archive, &member)) == ARCHIVE_OK || result == ARCHIVE_WARN)
    if (!take_member (self, member, error))
      return FALSE;

  return result == ARCHIVE_EOF || refuse_damage (self, error);
}

/* Names the formats: others read files from the disk, or start programs. */
static gboolean
open_archive (Unpack *self, const char *path, GError **error)
{
  self->archive = archive_read_new ();
  archive_read_support_format_tar (self->archive);
  archive_read_support_format_zip (self->archive);
  archive_read_support_filter_gzip (self->archive);
  archive_read_support_filter_bzip2 (self->archive);
  archive_read_support_filter_xz (self->archive);
  archive_read_support_filter_zstd (self->archive);

  return archive_read_open_filename (self->archive, path, BLOCK) == ARCHIVE_OK
         || refuse_damage (self, error);
}

/* public functions */

gboolean
cap_unpack (const char *archive,
            const CapModelFile *file,
            const char *folder,
            GPtrArray *manifest,
            CapProgressFunc progress,
            gpointer user_data,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (Unpack) self = { .folder_fd = -1 };

  g_return_val_if_fail (archive != NULL, FALSE);
  g_return_val_if_fail (file != NULL, FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);
  g_return_val_if_fail (manifest != NULL, FALSE);

  self.file = file;
  self.folder = folder;
  self.manifest = manifest;
  self.paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.kept = g_new0 (gboolean, g_strv_length (file->keep) + 1);
  self.limit = CLAMP (file->size * MAX_RATIO, MIN_LIMIT, MAX_LIMIT);
  self.block = g_malloc (BLOCK);
  self.progress = progress;
  self.user_data = user_data;
  self.cancellable = cancellable;
  self.folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self.folder_fd < 0)
    return cap_disk_fail (errno, folder, error);

  return open_archive (&self, archive, error) && take_members (&self, error) && check_complete (&self, error);
}
