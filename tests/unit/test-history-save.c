/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/history-save.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

#define OLD "what was there before\n"
/* The test's disk is full at this size. */
#define ROOM 4096

typedef struct
{
  GListStore *entries;
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (4 * ROOM, 'x');
  g_autoptr (GVariant) row = g_variant_ref_sink (g_variant_new (
      "(ttsbxxa{sv})", (guint64) 1, (guint64) 1, text, TRUE, (gint64) 0, (gint64) G_USEC_PER_SEC, NULL));
  g_autoptr (CapSegment) segment = cap_segment_new (row);
  g_autoptr (CapHistoryEntry) entry = cap_history_entry_new (1, 0, segment);

  fixture->entries = g_list_store_new (CAP_TYPE_HISTORY_ENTRY);
  g_list_store_append (fixture->entries, entry);
  fixture->folder = g_dir_make_tmp ("captiond-save-XXXXXX", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  /* The folder must be empty, so that no temporary file is left. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_object_unref (fixture->entries);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **place = data;

  *place = g_object_ref (result);
}

static gboolean
save (Fixture *fixture, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) written = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  cap_history_save (G_LIST_MODEL (fixture->entries), file, &cap_export_text, NULL, on_saved, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  written = cap_history_save_finish (result, error);
  return written != NULL;
}

static void
fail_to_save (Fixture *fixture, const char *path)
{
  g_autoptr (GError) error = NULL;
  struct rlimit room, usual;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &usual), ==, 0);
  room = usual;
  room.rlim_cur = ROOM;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &room), ==, 0);
  save (fixture, path, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &usual), ==, 0);

  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
}

static void
check_file (const char *path, const char *part)
{
  g_autofree char *text = NULL;
  GStatBuf status;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, part));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "notes.txt", NULL);
  g_autoptr (GError) error = NULL;

  /* The old file is readable by other users. */
  g_assert_true (g_file_set_contents (path, OLD, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_true (save (fixture, path, &error));
  g_assert_no_error (error);
  check_file (path, "xxxx");
  g_assert_cmpint (g_remove (path), ==, 0);

  g_assert_true (save (fixture, path, &error));
  g_assert_no_error (error);
  check_file (path, "xxxx");
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "notes.txt", NULL);

  g_assert_true (g_file_set_contents (path, OLD, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  fail_to_save (fixture, path);
  check_file (path, OLD);
  g_assert_cmpint (g_remove (path), ==, 0);

  fail_to_save (fixture, path);
}

static void
test_not_named (Fixture *fixture, gconstpointer data)
{
  g_autofree char *bare = g_build_filename (fixture->folder, "notes", NULL);
  g_autofree char *path = g_strconcat (bare, ".txt", NULL);
  g_autoptr (GError) error = NULL;

  fail_to_save (fixture, bare);

  g_assert_true (g_file_set_contents (path, OLD, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_false (save (fixture, bare, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  check_file (path, OLD);
  g_assert_cmpint (g_remove (path), ==, 0);

  g_clear_error (&error);
  g_assert_true (save (fixture, bare, &error));
  check_file (path, "xxxx");
  g_assert_cmpint (g_remove (path), ==, 0);
}

#define add_test(path, function) \
  g_test_add ("/history-save/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGXFSZ, SIG_IGN);

  add_test ("replaced", test_replaced);
  add_test ("full", test_full);
  add_test ("not-named", test_not_named);

  return g_test_run ();
}
