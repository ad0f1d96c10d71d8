/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/state-file.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder, *inner, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("state-file-XXXXXX", NULL);
  fixture->inner = g_build_filename (fixture->folder, "captiond", NULL);
  fixture->path = g_build_filename (fixture->inner, "number", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->inner);
  /* Fails if a temporary file is left. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->inner);
  g_free (fixture->path);
}

static void
write_number (CapStateFile *file, int number)
{
  g_autoptr (GKeyFile) content = g_key_file_new ();

  g_key_file_set_integer (content, "state", "number", number);
  cap_state_file_write (file, content);
}

static int
read_number (const char *path)
{
  g_autoptr (CapStateFile) file = cap_state_file_new (path, "number");
  g_autoptr (GKeyFile) content = cap_state_file_read (file);

  return g_key_file_get_integer (content, "state", "number", NULL);
}

static int
get_mode (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return info.st_mode & 0777;
}

static void
test_the_last_state_stays (Fixture *fixture, gconstpointer data)
{
  CapStateFile *file = cap_state_file_new (fixture->path, "number");

  for (int i = 1; i <= 20; i++)
    write_number (file, i);
  cap_state_file_flush (file);
  g_assert_cmpint (read_number (fixture->path), ==, 20);
  for (int i = 21; i <= 30; i++)
    write_number (file, i);
  cap_state_file_free (file);
  g_assert_cmpint (read_number (fixture->path), ==, 30);
}

static void
test_only_its_owner_reads_it (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapStateFile) file = cap_state_file_new (fixture->path, "number");

  write_number (file, 1);
  cap_state_file_flush (file);
  g_assert_cmpint (get_mode (fixture->path), ==, 0600);
  g_assert_cmpint (get_mode (fixture->inner), ==, 0700);
  /* The mode becomes private even if another program made the file. */
  g_assert_cmpint (g_chmod (fixture->path, 0644), ==, 0);
  write_number (file, 2);
  cap_state_file_flush (file);
  g_assert_cmpint (get_mode (fixture->path), ==, 0600);
}

static void
test_without_a_file_it_is_empty (Fixture *fixture, gconstpointer data)
{
  static const char *const damaged[] = { "", "[state\n", "[state]\nnumber=x\n", "\xff\xfe" };

  g_assert_cmpint (read_number (fixture->path), ==, 0);
  g_assert_false (g_file_test (fixture->inner, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_mkdir (fixture->inner, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_assert_true (g_file_set_contents (fixture->path, damaged[i], -1, NULL));
      g_assert_cmpint (read_number (fixture->path), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/state-file/" path, Fixture, NULL, set_up, func, tear_down)

  ADD ("the last state is written", test_the_last_state_stays);
  ADD ("only the owner can read the file", test_only_its_owner_reads_it);
  ADD ("a missing or damaged file counts as empty", test_without_a_file_it_is_empty);

  return g_test_run ();
}
