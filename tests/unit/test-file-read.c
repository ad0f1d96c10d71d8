/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/file-read.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_fails (const char *path)
{
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_null (cap_file_read (path, 10, &length, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
}

static void
assert_reads (const char *path, const char *text, gsize max_bytes)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree char *read = cap_file_read (path, max_bytes, &length, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (read, length + 1, text, strlen (text) + 1);
}

static void
test_kinds (void)
{
  g_autofree char *folder = g_dir_make_tmp ("captiond-file-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);

  g_assert_true (g_file_set_contents (file, "0123456789", -1, NULL));
  g_assert_cmpint (symlink (file, link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);

  assert_reads (file, "0123456789", 10);
  assert_reads (link, "0123456789", 100);
  assert_fails (pipe);
  assert_fails (folder);
  assert_fails ("/dev/zero");
  assert_fails ("/nonexistent");

  g_assert_true (g_file_set_contents (file, "0123456789x", -1, NULL));
  assert_fails (file);
  g_assert_true (g_file_set_contents (file, "", -1, NULL));
  assert_reads (file, "", 10);
  g_assert_cmpint (truncate (file, (off_t) 1 << 40), ==, 0);
  assert_fails (file);

  g_unlink (file);
  g_unlink (link);
  g_unlink (pipe);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-read/regular files within the limit, and nothing else", test_kinds);
  return g_test_run ();
}
