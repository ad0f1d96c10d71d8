/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "models/disk.h"
#include "models/manifest.h"
#include "models/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define HELLO_DIGEST "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

typedef struct
{
  char *root, *path, *folder;
  struct archive *writer;
  CapModelFile file;
  GPtrArray *manifest;
  GCancellable *cancellable;
  guint64 done;
} Fixture;

static char *everything[] = { NULL };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = g_dir_make_tmp ("unpack-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->root, "archive", NULL);
  fixture->folder = g_build_filename (fixture->root, "folder", NULL);
  fixture->file.name = (char *) "model.tar";
  fixture->file.keep = everything;
  fixture->manifest = cap_manifest_new ();
  fixture->cancellable = g_cancellable_new ();
  g_mkdir (fixture->folder, 0700);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cap_disk_remove (fixture->root);
  g_assert_false (g_file_test (fixture->root, G_FILE_TEST_EXISTS));
  g_free (fixture->root);
  g_free (fixture->path);
  g_free (fixture->folder);
  g_ptr_array_unref (fixture->manifest);
  g_object_unref (fixture->cancellable);
}

static void
begin (Fixture *fixture, int format, int filter)
{
  fixture->writer = archive_write_new ();
  g_assert_cmpint (archive_write_set_format (fixture->writer, format), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_add_filter (fixture->writer, filter), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_open_filename (fixture->writer, fixture->path), ==, ARCHIVE_OK);
}

static void
begin_tar (Fixture *fixture)
{
  begin (fixture, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP);
}

static void
add (Fixture *fixture, const char *path, mode_t type, const char *text, gsize n)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_copy_pathname (entry, path);
  archive_entry_set_filetype (entry, type);
  archive_entry_set_perm (entry, 06777);
  archive_entry_set_size (entry, n);
  if (type == AE_IFLNK)
    archive_entry_set_symlink (entry, "/etc/passwd");
  if (type == 0)
    {
      archive_entry_set_filetype (entry, AE_IFREG);
      archive_entry_set_hardlink (entry, "hello");
      archive_entry_set_size (entry, 0);
    }
  g_assert_cmpint (archive_write_header (fixture->writer, entry), >=, ARCHIVE_WARN);
  if (n > 0)
    g_assert_cmpint (archive_write_data (fixture->writer, text, n), ==, n);
  archive_entry_free (entry);
}

static void
add_file (Fixture *fixture, const char *path, const char *text)
{
  add (fixture, path, AE_IFREG, text, strlen (text));
}

static void
end (Fixture *fixture)
{
  GStatBuf info;

  g_assert_cmpint (archive_write_close (fixture->writer), ==, ARCHIVE_OK);
  archive_write_free (fixture->writer);
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  fixture->file.size = info.st_size;
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (total, ==, fixture->file.size);
  fixture->done = done;
}

static gboolean
unpack (Fixture *fixture, GError **error)
{
  return cap_unpack (fixture->path, &fixture->file, fixture->folder, fixture->manifest, on_progress, fixture,
                     fixture->cancellable, error);
}

static void
assert_refused (Fixture *fixture, const char *why)
{
  g_autoptr (GError) error = NULL;

  end (fixture);
  g_assert_false (unpack (fixture, &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED);
  if (strstr (error->message, why) == NULL)
    g_error ("“%s” does not contain “%s”", error->message, why);
  for (const char *at = error->message; *at != '\0'; at++)
    g_assert_false (g_ascii_iscntrl (*at));
}

static char *
read_file (Fixture *fixture, const char *path)
{
  g_autofree char *full = g_build_filename (fixture->folder, path, NULL);
  char *text = NULL;

  g_file_get_contents (full, &text, NULL, NULL);
  return text;
}

static guint
get_mode (Fixture *fixture, const char *path)
{
  g_autofree char *full = g_build_filename (fixture->folder, path, NULL);
  GStatBuf info;

  g_assert_cmpint (g_lstat (full, &info), ==, 0);
  return info.st_mode & 07777;
}

static void
assert_text (Fixture *fixture, const char *path, const char *text)
{
  g_autofree char *found = read_file (fixture, path);

  g_assert_cmpstr (found, ==, text);
}

static void
test_kinds_of_archives (Fixture *fixture, gconstpointer data)
{
  const int kinds[][2] = {
    { ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE },
    { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP },
    { ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_BZIP2 },
    { ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ },
    { ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_ZSTD },
    { ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError) error = NULL;
      const CapManifestItem *item;

      begin (fixture, kinds[i][0], kinds[i][1]);
      add (fixture, "model/", AE_IFDIR, NULL, 0);
      add_file (fixture, "model/hello", "hello");
      add_file (fixture, "./model/deep/er/empty", "");
      end (fixture);
      unpack (fixture, &error);
      g_assert_no_error (error);

      assert_text (fixture, "model/hello", "hello");
      assert_text (fixture, "model/deep/er/empty", "");
      g_assert_cmpuint (get_mode (fixture, "model/hello"), ==, 0600);
      g_assert_cmpuint (get_mode (fixture, "model"), ==, 0700);
      g_assert_cmpuint (get_mode (fixture, "model/deep/er"), ==, 0700);
      g_assert_cmpuint (fixture->manifest->len, ==, 2);
      item = g_ptr_array_index (fixture->manifest, 0);
      g_assert_cmpstr (item->path, ==, "model/hello");
      g_assert_cmpuint (item->size, ==, 5);
      g_assert_cmpstr (item->sha256, ==, HELLO_DIGEST);
      g_assert_cmpuint (fixture->done, >, 0);

      cap_disk_remove (fixture->folder);
      g_mkdir (fixture->folder, 0700);
      g_ptr_array_set_size (fixture->manifest, 0);
    }
}

static void
test_strip_and_keep (Fixture *fixture, gconstpointer data)
{
  char *globs[] = { (char *) "hello", (char *) "data/*", NULL };
  g_autoptr (GError) error = NULL;

  fixture->file.strip = 1;
  fixture->file.keep = globs;
  begin_tar (fixture);
  add (fixture, "model", AE_IFDIR, NULL, 0);
  add_file (fixture, "model/hello", "hello");
  add_file (fixture, "model/data/a/b", "b");
  add_file (fixture, "model/hello2", "no");
  add (fixture, "model/link", AE_IFLNK, NULL, 0);
  add_file (fixture, "above", "no");
  end (fixture);
  unpack (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->manifest->len, ==, 2);
  assert_text (fixture, "hello", "hello");
  assert_text (fixture, "data/a/b", "b");
  assert_text (fixture, "hello2", NULL);
  assert_text (fixture, "above", NULL);
}

static void
test_a_file_to_keep_is_missing (Fixture *fixture, gconstpointer data)
{
  char *globs[] = { (char *) "hello", (char *) "*.onnx", NULL };

  fixture->file.keep = globs;
  begin_tar (fixture);
  add_file (fixture, "hello", "hello");
  assert_refused (fixture, "lacks *.onnx");
}

static void
test_nothing_is_in_it (Fixture *fixture, gconstpointer data)
{
  begin_tar (fixture);
  assert_refused (fixture, "has no file");
}

static void
test_links (Fixture *fixture, gconstpointer data)
{
  begin_tar (fixture);
  add (fixture, "link", AE_IFLNK, NULL, 0);
  assert_refused (fixture, "has a link or a device");
  begin_tar (fixture);
  add_file (fixture, "hello", "hello");
  add (fixture, "hard", 0, NULL, 0);
  assert_refused (fixture, "has a link or a device");
  assert_text (fixture, "link", NULL);
  assert_text (fixture, "hard", NULL);
}

static void
test_a_file_behind_a_link (Fixture *fixture, gconstpointer data)
{
  char *globs[] = { (char *) "out/*", NULL };
  g_autofree char *link = g_build_filename (fixture->folder, "out", NULL);
  g_autofree char *outside = g_build_filename (fixture->root, "hello", NULL);

  /* The member that is not kept leaves no link behind. */
  fixture->file.keep = globs;
  begin_tar (fixture);
  add (fixture, "out", AE_IFLNK, NULL, 0);
  add_file (fixture, "out/hello", "hello");
  end (fixture);
  g_assert_true (unpack (fixture, NULL));
  g_assert_cmpuint (get_mode (fixture, "out"), ==, 0700);
  g_assert_false (g_file_test (outside, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
}

static void
test_devices (Fixture *fixture, gconstpointer data)
{
  const mode_t types[] = { AE_IFIFO, AE_IFCHR, AE_IFBLK };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      begin_tar (fixture);
      add (fixture, "device", types[i], NULL, 0);
      assert_refused (fixture, "has a link or a device");
    }
}

static void
test_paths (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (256, 'x');
  const char *outside[] = { "/hello", "../hello", "a/../../hello", "..", "a/.." };
  const char *bad[] = { long_name, "a\nb", "a\033[2Jb", "\x7f", "manifest", "entry.model", "a\xff" "b",
                        "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17" };

  for (gsize i = 0; i < G_N_ELEMENTS (outside); i++)
    {
      begin_tar (fixture);
      add_file (fixture, outside[i], "hello");
      assert_refused (fixture, "outside of the model's folder");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      begin_tar (fixture);
      add_file (fixture, bad[i], "hello");
      assert_refused (fixture, "name is not allowed");
    }
}

/* Such an archive is hostile, even if its member is not among those to keep. */
static void
test_paths_that_are_not_kept (Fixture *fixture, gconstpointer data)
{
  char *globs[] = { (char *) "hello", NULL };

  fixture->file.keep = globs;
  begin_tar (fixture);
  add_file (fixture, "hello", "hello");
  add_file (fixture, "../../other", "no");
  assert_refused (fixture, "outside of the model's folder");
}

static void
test_duplicates (Fixture *fixture, gconstpointer data)
{
  const char *pairs[][2] = { { "a/b", "a/b" }, { "a/b", "./a//b" }, { "c", "c/d" }, { "e/f", "e" } };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      begin_tar (fixture);
      add_file (fixture, pairs[i][0], "1");
      add_file (fixture, pairs[i][1], "2");
      assert_refused (fixture, "two files with the same name");
      cap_disk_remove (fixture->folder);
      g_mkdir (fixture->folder, 0700);
    }
}

static guint64
sum_files (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  guint64 sum = 0;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      GStatBuf info;

      g_assert_cmpint (g_stat (path, &info), ==, 0);
      sum += info.st_size;
    }

  return sum;
}

static void
test_bombs (Fixture *fixture, gconstpointer data)
{
  const gsize size = 20 * 1024 * 1024;
  g_autofree char *zeros = g_malloc0 (size);
  char *globs[] = { (char *) "hello", NULL };

  for (int kept = 1; kept >= 0; kept--)
    for (int zip = 0; zip <= 1; zip++)
      {
        fixture->file.keep = kept ? everything : globs;
        begin (fixture, zip ? ARCHIVE_FORMAT_ZIP : ARCHIVE_FORMAT_TAR_GNUTAR,
               zip ? ARCHIVE_FILTER_NONE : ARCHIVE_FILTER_GZIP);
        add_file (fixture, zip ? "hello" : "hello", "hello");
        add (fixture, zip ? "zip" : "tar", AE_IFREG, zeros, size);
        assert_refused (fixture, "far more than its size can hold");
        g_assert_cmpuint (sum_files (fixture), <=, 2 * 1024 * 1024 + 16);
        cap_disk_remove (fixture->folder);
        g_mkdir (fixture->folder, 0700);
      }
}

static void
test_too_many_members (Fixture *fixture, gconstpointer data)
{
  char *globs[] = { (char *) "0", NULL };

  fixture->file.keep = globs;
  begin_tar (fixture);
  for (int i = 0; i <= 10000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d", i);

      add_file (fixture, name, "");
    }
  assert_refused (fixture, "more than 10,000 files");
}

static void
test_damage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *noise = g_malloc (100000);
  g_autofree char *text = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  gsize n;

  for (gsize i = 0; i < 100000; i++)
    noise[i] = g_rand_int (random);
  begin_tar (fixture);
  add (fixture, "noise", AE_IFREG, noise, 100000);
  end (fixture);
  g_assert_true (g_file_get_contents (fixture->path, &text, &n, NULL));

  /* An archive that ends early, at any byte, is never taken for a whole one. */
  for (gsize cut = 1; cut < n - 8; cut += 997)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (fixture->path, text, cut, NULL));
      g_assert_false (unpack (fixture, &error));
      g_assert_error (error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED);
      cap_disk_remove (fixture->folder);
      g_mkdir (fixture->folder, 0700);
    }

  g_assert_true (g_file_set_contents (fixture->path, noise, 100000, NULL));
  g_assert_false (unpack (fixture, NULL));
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin_tar (fixture);
  add_file (fixture, "hello", "hello");
  end (fixture);
  g_cancellable_cancel (fixture->cancellable);
  g_assert_false (unpack (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(path, test) g_test_add ("/unpack/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("kinds", test_kinds_of_archives);
  ADD ("strip-and-keep", test_strip_and_keep);
  ADD ("missing", test_a_file_to_keep_is_missing);
  ADD ("empty", test_nothing_is_in_it);
  ADD ("links", test_links);
  ADD ("behind-a-link", test_a_file_behind_a_link);
  ADD ("devices", test_devices);
  ADD ("paths", test_paths);
  ADD ("paths-not-kept", test_paths_that_are_not_kept);
  ADD ("duplicates", test_duplicates);
  ADD ("bombs", test_bombs);
  ADD ("too-many", test_too_many_members);
  ADD ("damage", test_damage);
  ADD ("cancelled", test_cancelled);
  return g_test_run ();
}
