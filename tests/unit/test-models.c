/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "models/disk.h"
#include "models/models.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *root, *user, *stick;
  CapModels *models;
  CapCatalogue *catalogue;
} Fixture;

/* How a job or a comparison ended. */
typedef struct
{
  guint n;
  GError *error;
} End;

static void
end_clear (End *end)
{
  g_clear_error (&end->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (End, end_clear)

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* A model whose only file is ID.bin with the text ID, which stands on the stick. */
static void
offer (Fixture *fixture, const char *id, const char *more)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);
  g_autofree char *name = g_strconcat (id, ".model", NULL);
  g_autofree char *content = g_strconcat (id, ".bin", NULL);
  g_autofree char *text = g_strdup_printf (
    "[Model]\nName=%s\nLanguages=en\nRecogniser=whisper\nForm=ggml\nLicense=MIT\n"
    "LicenseAddress=https://license.example/\n%s\n"
    "[File %s]\nAddress=https://one.example/\nSize=%" G_GSIZE_FORMAT "\nSHA256=%s\n",
    id, more, content, strlen (id), digest);

  write_file (fixture->user, name, text);
  write_file (fixture->stick, content, id);
}

static void
open_models (Fixture *fixture)
{
  const char *const nowhere[] = { NULL };

  g_clear_object (&fixture->models);
  fixture->models = cap_models_new (fixture->user, nowhere);
  fixture->catalogue = cap_models_get_catalogue (fixture->models);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = g_dir_make_tmp ("models-XXXXXX", NULL);
  fixture->user = g_build_filename (fixture->root, "user", NULL);
  fixture->stick = g_build_filename (fixture->root, "stick", NULL);
  offer (fixture, "one", "");
  offer (fixture, "two", "Needs=three;");
  offer (fixture, "three", "Needs=two;");
  open_models (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cap_models_stop (fixture->models);
  g_clear_object (&fixture->models);
  cap_disk_remove (fixture->root);
  g_free (fixture->root);
  g_free (fixture->user);
  g_free (fixture->stick);
}

static void
on_done (CapModelJob *job, const GError *error, gpointer user_data)
{
  End *end = user_data;

  end->n++;
  end->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
follow (CapModelJob *taken, End *end)
{
  g_autoptr (CapModelJob) job = taken;

  g_assert_nonnull (job);
  g_signal_connect (job, "done", G_CALLBACK (on_done), end);
}

static void
await (End *end)
{
  while (end->n == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
install (Fixture *fixture, const char *id)
{
  g_auto (End) end = { 0 };

  follow (cap_models_install (fixture->models, id, fixture->stick, NULL), &end);
  await (&end);
  g_assert_no_error (end.error);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  End *end = user_data;

  end->n++;
  g_clear_error (&end->error);
  cap_models_check_finish (CAP_MODELS (source), result, &end->error);
}

static void
check (Fixture *fixture, const char *id, End *end)
{
  cap_models_check_async (fixture->models, id, on_checked, end);
  await (end);
}

static gboolean
is_installed (Fixture *fixture, const char *id)
{
  return cap_catalogue_find (fixture->catalogue, id)->path != NULL;
}

static void
test_needs_in_a_circle (Fixture *fixture, gconstpointer data)
{
  install (fixture, "two");
  g_assert_true (is_installed (fixture, "two") && is_installed (fixture, "three"));
  g_assert_true (cap_catalogue_is_ready (fixture->catalogue, "two"));
  g_assert_false (cap_models_is_busy (fixture->models));
}

static void
test_the_same_job_is_joined (Fixture *fixture, gconstpointer data)
{
  g_auto (End) end = { 0 };
  g_autoptr (CapModelJob) job = cap_models_install (fixture->models, "one", fixture->stick, NULL);
  g_autoptr (CapModelJob) again = cap_models_install (fixture->models, "one", NULL, NULL);

  g_assert_true (job == again);
  g_assert_cmpstr (cap_models_get_activity (fixture->models, "one"), ==, "installing");
  follow (g_object_ref (job), &end);
  await (&end);
  g_assert_cmpuint (end.n, ==, 1);
  g_assert_null (cap_models_get_activity (fixture->models, "one"));
}

static void
test_a_model_in_use_stays (Fixture *fixture, gconstpointer data)
{
  g_auto (End) removed = { 0 };

  install (fixture, "one");
  cap_catalogue_use (fixture->catalogue, "one");
  follow (cap_models_remove (fixture->models, "one", NULL), &removed);
  g_assert_cmpstr (cap_models_get_activity (fixture->models, "one"), ==, "removing");

  /* Other models need not wait. */
  install (fixture, "two");
  g_assert_cmpuint (removed.n, ==, 0);
  g_assert_true (is_installed (fixture, "one"));

  cap_catalogue_unuse (fixture->catalogue, "one");
  await (&removed);
  g_assert_no_error (removed.error);
  g_assert_false (is_installed (fixture, "one"));
}

static void
test_a_waiting_job_is_cancelled (Fixture *fixture, gconstpointer data)
{
  g_auto (End) end = { 0 };
  g_autoptr (CapModelJob) job = NULL;

  install (fixture, "one");
  cap_catalogue_use (fixture->catalogue, "one");
  job = cap_models_remove (fixture->models, "one", NULL);
  follow (g_object_ref (job), &end);
  cap_model_job_cancel (job);
  g_assert_error (end.error, CAP_ERROR, CAP_ERROR_CANCELLED);
  g_assert_false (cap_models_is_busy (fixture->models));
  g_assert_true (is_installed (fixture, "one"));
}

static void
test_files_are_checked_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->user, "one", NULL);
  g_auto (End) first = { 0 }, second = { 0 }, third = { 0 }, fourth = { 0 }, none = { 0 };

  check (fixture, "one", &none);
  g_assert_error (none.error, CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL);
  install (fixture, "one");
  check (fixture, "one", &first);
  g_assert_no_error (first.error);
  write_file (folder, "one.bin", "two");
  check (fixture, "one", &second);
  g_assert_no_error (second.error);

  open_models (fixture);
  check (fixture, "one", &third);
  g_assert_error (third.error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED);
  g_assert_true (cap_catalogue_find (fixture->catalogue, "one")->damaged);
  g_assert_false (cap_catalogue_is_ready (fixture->catalogue, "one"));

  install (fixture, "one");
  check (fixture, "one", &fourth);
  g_assert_no_error (fourth.error);
  g_assert_true (cap_catalogue_is_ready (fixture->catalogue, "one"));
}

static void
test_two_wait_for_one_comparison (Fixture *fixture, gconstpointer data)
{
  g_auto (End) one = { 0 }, other = { 0 };

  install (fixture, "one");
  open_models (fixture);
  cap_models_check_async (fixture->models, "one", on_checked, &one);
  cap_models_check_async (fixture->models, "one", on_checked, &other);
  g_assert_true (cap_models_is_busy (fixture->models));
  await (&one);
  await (&other);
  g_assert_no_error (one.error);
  g_assert_no_error (other.error);
}

/* Otherwise a removal in the middle of the comparison would look like damage. */
static void
test_a_comparison_holds_the_model (Fixture *fixture, gconstpointer data)
{
  g_auto (End) checked = { 0 }, removed = { 0 };

  install (fixture, "one");
  open_models (fixture);
  cap_models_check_async (fixture->models, "one", on_checked, &checked);
  g_assert_true (cap_catalogue_is_used (fixture->catalogue, "one"));
  follow (cap_models_remove (fixture->models, "one", NULL), &removed);

  await (&checked);
  g_assert_no_error (checked.error);
  await (&removed);
  g_assert_no_error (removed.error);
  g_assert_false (is_installed (fixture, "one"));
}

/* @n_turns: of the main loop between the order and the comparison. */
static void
check_during_a_removal (Fixture *fixture, guint n_turns)
{
  g_auto (End) checked = { 0 }, removed = { 0 };

  install (fixture, "one");
  open_models (fixture);
  install (fixture, "three");
  follow (cap_models_remove (fixture->models, "one", NULL), &removed);
  for (guint i = 0; i < n_turns; i++)
    g_main_context_iteration (NULL, FALSE);

  check (fixture, "one", &checked);
  if (checked.error != NULL)
    g_assert_error (checked.error, CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL);
  await (&removed);
  g_assert_no_error (removed.error);
  g_assert_false (cap_catalogue_find (fixture->catalogue, "one")->damaged);
}

static void
test_a_comparison_waits_for_a_removal (Fixture *fixture, gconstpointer data)
{
  for (guint n_turns = 0; n_turns < 20; n_turns++)
    check_during_a_removal (fixture, n_turns);
}

/* A new version may come while people speak; it takes its place when they have spoken. */
static void
test_an_update_is_fetched_while_in_use (Fixture *fixture, gconstpointer data)
{
  g_autofree char *tree = g_build_filename (fixture->user, ".partial", "one", "tree", "manifest", NULL);
  g_auto (End) updated = { 0 };
  g_autoptr (CapModelEntry) old = NULL;

  install (fixture, "one");
  old = cap_model_entry_ref (cap_catalogue_find (fixture->catalogue, "one")->entry);
  offer (fixture, "one", "Attribution=The new one");
  open_models (fixture);
  cap_catalogue_use (fixture->catalogue, "one");
  follow (cap_models_install (fixture->models, "one", fixture->stick, NULL), &updated);
  while (!g_file_test (tree, G_FILE_TEST_EXISTS))
    g_main_context_iteration (NULL, FALSE);

  /* Other models need not wait. */
  install (fixture, "two");
  g_assert_cmpuint (updated.n, ==, 0);
  g_assert_true (g_bytes_equal (cap_catalogue_find (fixture->catalogue, "one")->entry->text, old->text));

  cap_catalogue_unuse (fixture->catalogue, "one");
  await (&updated);
  g_assert_no_error (updated.error);
  g_assert_false (g_bytes_equal (cap_catalogue_find (fixture->catalogue, "one")->entry->text, old->text));
}

static void
test_a_fetched_update_is_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autofree char *partial = g_build_filename (fixture->user, ".partial", "one", NULL);
  g_autofree char *manifest = g_build_filename (partial, "tree", "manifest", NULL);
  g_auto (End) end = { 0 };
  g_autoptr (CapModelJob) job = NULL;

  install (fixture, "one");
  offer (fixture, "one", "Attribution=The new one");
  open_models (fixture);
  cap_catalogue_use (fixture->catalogue, "one");
  job = cap_models_install (fixture->models, "one", fixture->stick, NULL);
  follow (g_object_ref (job), &end);
  while (!g_file_test (manifest, G_FILE_TEST_EXISTS))
    g_main_context_iteration (NULL, FALSE);

  cap_model_job_cancel (job);
  await (&end);
  g_assert_error (end.error, CAP_ERROR, CAP_ERROR_CANCELLED);
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
  g_assert_true (is_installed (fixture, "one"));
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) absent = NULL;

  g_assert_null (cap_models_install (fixture->models, "nothing", NULL, &unknown));
  g_assert_error (unknown, CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL);
  g_assert_null (cap_models_remove (fixture->models, "one", &absent));
  g_assert_error (absent, CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL);
}

static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  g_auto (End) end = { 0 };

  follow (cap_models_install (fixture->models, "one", fixture->stick, NULL), &end);
  while (cap_catalogue_find (fixture->catalogue, "one")->path == NULL && end.n == 0
         && g_main_context_iteration (NULL, FALSE))
    ;
  cap_models_stop (fixture->models);
  g_assert_false (cap_models_is_busy (fixture->models));
}

#define ADD(path, test) g_test_add ("/models/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("circle", test_needs_in_a_circle);
  ADD ("joined", test_the_same_job_is_joined);
  ADD ("in-use", test_a_model_in_use_stays);
  ADD ("cancelled", test_a_waiting_job_is_cancelled);
  ADD ("checked-once", test_files_are_checked_once);
  ADD ("one-comparison", test_two_wait_for_one_comparison);
  ADD ("a-comparison-holds", test_a_comparison_holds_the_model);
  ADD ("a-comparison-waits", test_a_comparison_waits_for_a_removal);
  ADD ("update-in-use", test_an_update_is_fetched_while_in_use);
  ADD ("update-cancelled", test_a_fetched_update_is_cancelled);
  ADD ("refusals", test_refusals);
  ADD ("stopped", test_stopped);
  return g_test_run ();
}
