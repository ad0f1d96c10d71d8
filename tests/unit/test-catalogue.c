/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/catalogue.h"
#include "models/manifest.h"

#include <glib/gstdio.h>
#include <string.h>

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

typedef struct
{
  char *root, *user, *system;
  CapCatalogue *catalogue;
  guint n_changes;
  char *unused;
} Fixture;

static void
on_changed (Fixture *fixture)
{
  fixture->n_changes++;
}

static void
on_unused (CapCatalogue *catalogue, const char *id, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_free (fixture->unused);
  fixture->unused = g_strdup (id);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = g_dir_make_tmp ("catalogue-XXXXXX", NULL);
  fixture->user = g_build_filename (fixture->root, "user", "captiond", "models", NULL);
  fixture->system = g_build_filename (fixture->root, "system", "captiond", "models", NULL);
}

static void
open_catalogue (Fixture *fixture)
{
  const char *const system_folders[] = { fixture->system, NULL };

  fixture->catalogue = cap_catalogue_new (fixture->user, system_folders);
  g_signal_connect_swapped (fixture->catalogue, "changed", G_CALLBACK (on_changed), fixture);
  g_signal_connect (fixture->catalogue, "unused", G_CALLBACK (on_unused), fixture);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_all (inner);
    }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->catalogue);
  remove_all (fixture->root);
  g_free (fixture->root);
  g_free (fixture->user);
  g_free (fixture->system);
  g_free (fixture->unused);
}

static char *
compose (const char *name, const char *language, const char *more)
{
  gboolean library = *language == '\0';

  return g_strdup_printf ("[Model]\nName=%s\nKind=%s\nLanguages=%s\nRecogniser=whisper\nForm=ggml\nLicense=MIT\n"
                          "LicenseAddress=https://license.example/\n%s\n"
                          "[File model]\nAddress=https://one.example/\nSize=1\nSHA256=" DIGEST "\n",
                          name, library ? "library" : "model", language, more);
}

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
offer (const char *folder, const char *id, const char *name, const char *language, const char *more)
{
  g_autofree char *text = compose (name, language, more);
  g_autofree char *file = g_strconcat (id, ".model", NULL);

  write_file (folder, file, text);
}

static void
install (const char *folder, const char *id, const char *name, const char *language, const char *more)
{
  g_autofree char *text = compose (name, language, more);
  g_autofree char *path = g_build_filename (folder, id, NULL);

  write_file (path, "entry.model", text);
  write_file (path, "manifest", "100 " DIGEST " model\n23 " DIGEST " entry.model\n");
}

static void
test_entries_and_folders (Fixture *fixture, gconstpointer data)
{
  const CapModel *model;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) german = NULL;

  offer (fixture->system, "one", "System's", "en", "");
  offer (fixture->system, "two", "Two", "de;en", "");
  offer (fixture->user, "one", "User's", "en", "");
  install (fixture->system, "two", "Older", "de", "");
  write_file (fixture->user, "broken.model", "[Model]\n");
  write_file (fixture->user, ".hidden.model", "[Model]\n");
  open_catalogue (fixture);

  all = cap_catalogue_list (fixture->catalogue, "");
  g_assert_cmpuint (all->len, ==, 2);
  german = cap_catalogue_list (fixture->catalogue, "de-AT");
  g_assert_cmpuint (german->len, ==, 1);

  model = cap_catalogue_find (fixture->catalogue, "one");
  g_assert_cmpstr (model->entry->name, ==, "User's");
  g_assert_null (model->path);
  model = cap_catalogue_find (fixture->catalogue, "two");
  g_assert_cmpstr (model->entry->name, ==, "Older");
  g_assert_cmpstr (model->offered->name, ==, "Two");
  g_assert_true (model->system);
  g_assert_cmpuint (model->disk_size, ==, 123);
  g_assert_null (cap_catalogue_find (fixture->catalogue, "broken"));
}

static void
test_the_users_model_comes_first (Fixture *fixture, gconstpointer data)
{
  const CapModel *model;

  install (fixture->system, "one", "System's", "en", "");
  install (fixture->user, "one", "User's", "en", "");
  open_catalogue (fixture);
  model = cap_catalogue_find (fixture->catalogue, "one");
  g_assert_cmpstr (model->entry->name, ==, "User's");
  g_assert_false (model->system);
  g_assert_null (model->offered);
}

static void
test_a_broken_folder_counts_as_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->user, "one", NULL);

  offer (fixture->user, "one", "One", "en", "");
  install (fixture->user, "one", "One", "en", "");
  write_file (folder, "manifest", "1 2 ../up\n");
  open_catalogue (fixture);
  g_assert_true (cap_catalogue_find (fixture->catalogue, "one")->damaged);
  g_assert_false (cap_catalogue_is_ready (fixture->catalogue, "one"));
}

static void
test_ready_models (Fixture *fixture, gconstpointer data)
{
  install (fixture->user, "one", "One", "en", "Needs=lib;");
  offer (fixture->user, "other", "Other", "en", "");
  offer (fixture->user, "lib", "Library", "", "");
  open_catalogue (fixture);
  g_assert_false (cap_catalogue_is_ready (fixture->catalogue, "one"));
  g_assert_false (cap_catalogue_is_ready (fixture->catalogue, "other"));

  install (fixture->user, "lib", "Library", "", "");
  cap_catalogue_rescan (fixture->catalogue);
  g_assert_true (cap_catalogue_is_ready (fixture->catalogue, "one"));
  cap_catalogue_set_damaged (fixture->catalogue, "one", TRUE);
  g_assert_false (cap_catalogue_is_ready (fixture->catalogue, "one"));
}

static void
test_libraries (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->system, "lib", NULL);
  g_auto (GStrv) found = NULL;
  g_auto (GStrv) others = NULL;

  install (fixture->system, "lib", "Library", "", "");
  install (fixture->user, "a", "A", "en", "");
  offer (fixture->user, "lib2", "Library", "", "");
  open_catalogue (fixture);
  found = cap_catalogue_list_libraries (fixture->catalogue, "whisper");
  others = cap_catalogue_list_libraries (fixture->catalogue, "vosk");
  g_assert_cmpuint (g_strv_length (found), ==, 1);
  g_assert_cmpstr (found[0], ==, folder);
  g_assert_cmpuint (g_strv_length (others), ==, 0);
}

static void
await_change (Fixture *fixture)
{
  for (fixture->n_changes = 0; fixture->n_changes == 0;)
    g_main_context_iteration (NULL, TRUE);
}

/* The folders come one by one, so that the watch has to move. */
static void
test_changes_are_noticed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->user, "one.model", NULL);

  open_catalogue (fixture);
  offer (fixture->user, "one", "One", "en", "");
  await_change (fixture);
  g_assert_nonnull (cap_catalogue_find (fixture->catalogue, "one"));
  offer (fixture->user, "two", "Two", "en", "");
  await_change (fixture);
  g_assert_nonnull (cap_catalogue_find (fixture->catalogue, "two"));
  offer (fixture->system, "three", "Three", "en", "");
  await_change (fixture);
  g_assert_nonnull (cap_catalogue_find (fixture->catalogue, "three"));
  g_unlink (path);
  await_change (fixture);
  g_assert_null (cap_catalogue_find (fixture->catalogue, "one"));

  fixture->n_changes = 0;
  cap_catalogue_rescan (fixture->catalogue);
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

static void
test_uses (Fixture *fixture, gconstpointer data)
{
  install (fixture->user, "a", "A", "en", "");
  open_catalogue (fixture);
  cap_catalogue_use (fixture->catalogue, "a");
  cap_catalogue_use (fixture->catalogue, "a");
  cap_catalogue_unuse (fixture->catalogue, "a");
  g_assert_true (cap_catalogue_is_used (fixture->catalogue, "a"));
  g_assert_null (fixture->unused);
  cap_catalogue_unuse (fixture->catalogue, "a");
  g_assert_false (cap_catalogue_is_used (fixture->catalogue, "a"));
  g_assert_cmpstr (fixture->unused, ==, "a");
}

static void
test_manifests (Fixture *fixture, gconstpointer data)
{
  const char *bad[] = { "", "1 " DIGEST " a", "x " DIGEST " a\n", "1 123 a\n", "1 " DIGEST " ../a\n",
                        "1 " DIGEST " /a\n", "1 " DIGEST " manifest\n", "-1 " DIGEST " a\n", "1 " DIGEST "\n" };
  g_autoptr (GPtrArray) manifest = cap_manifest_new ();
  g_autoptr (GPtrArray) again = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      write_file (fixture->root, "manifest", bad[i]);
      g_assert_null (cap_manifest_read (fixture->root, NULL));
    }

  cap_manifest_add (manifest, "a b/c", 12, g_strdup (DIGEST));
  cap_manifest_add (manifest, "entry.model", 3, g_strdup (DIGEST));
  g_assert_true (cap_manifest_write (manifest, fixture->root, NULL));
  again = cap_manifest_read (fixture->root, NULL);
  g_assert_cmpuint (again->len, ==, 2);
  g_assert_cmpstr (((CapManifestItem *) again->pdata[0])->path, ==, "a b/c");
  g_assert_cmpuint (cap_manifest_get_size (again), ==, 15);
}

#define ADD(path, test) g_test_add ("/catalogue/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("entries-and-folders", test_entries_and_folders);
  ADD ("user-first", test_the_users_model_comes_first);
  ADD ("broken-folder", test_a_broken_folder_counts_as_damaged);
  ADD ("ready", test_ready_models);
  ADD ("libraries", test_libraries);
  ADD ("changes", test_changes_are_noticed);
  ADD ("uses", test_uses);
  ADD ("manifests", test_manifests);
  return g_test_run ();
}
