/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/recognisers.h"

#include <glib/gstdio.h>
#include <string.h>

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
/* No recogniser of this computer knows this language. */
#define LANGUAGE "tlh"

typedef struct
{
  char *root;
  CapModels *models;
  CapRecognisers *recognisers;
} Fixture;

static void
write_file (Fixture *fixture, const char *folder, const char *name, const char *text)
{
  g_autofree char *parent = g_build_filename (fixture->root, folder, NULL);
  g_autofree char *path = g_build_filename (parent, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* @more: lines of the file. */
static void
add_recogniser (Fixture *fixture, const char *id, const char *program, const char *more)
{
  g_autofree char *name = g_strconcat (id, ".recogniser", NULL);
  g_autofree char *text = g_strdup_printf ("[Recogniser]\nName=%s\nProgram=%s\n%s\n", id, program, more);

  write_file (fixture, "recognisers", name, text);
}

static void
install (Fixture *fixture, const char *id, const char *more)
{
  g_autofree char *folder = g_build_filename ("models", id, NULL);
  g_autofree char *text = g_strdup_printf (
      "[Model]\nName=%s\nKind=model\nLanguages=" LANGUAGE ";\nRecogniser=reader\nForm=form\nLicense=MIT\n"
      "LicenseAddress=https://license.example/\n%s\n"
      "[File model]\nAddress=https://one.example/\nSize=1\nSHA256=" DIGEST "\n", id, more);

  write_file (fixture, folder, "entry.model", text);
  write_file (fixture, folder, "manifest", "100 " DIGEST " model\n23 " DIGEST " entry.model\n");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = NULL;
  g_autofree char *models = NULL;
  const char *const no_folders[] = { NULL };

  fixture->root = g_dir_make_tmp ("recognisers-XXXXXX", NULL);
  folder = g_build_filename (fixture->root, "recognisers", NULL);
  models = g_build_filename (fixture->root, "models", NULL);
  g_setenv ("CAPTIOND_RECOGNISER_PATH", folder, TRUE);
  add_recogniser (fixture, "own", "/bin/true", "Languages=" LANGUAGE "-AA;\nStreams=true\nWordErrors=30");
  add_recogniser (fixture, "reader", "/bin/true", "Models=form;\nStreams=true");
  install (fixture, "low", "Rank=10\nWordErrors=1");
  install (fixture, "high", "Rank=50\nWordErrors=9");
  install (fixture, "highest", "Rank=50\nWordErrors=5");

  fixture->models = cap_models_new (models, no_folders);
  fixture->recognisers = cap_recognisers_new (fixture->models);
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
  g_clear_object (&fixture->recognisers);
  cap_models_stop (fixture->models);
  g_clear_object (&fixture->models);
  remove_all (fixture->root);
  g_free (fixture->root);
}

/* Makes the registry read what was added. */
static void
read_again (Fixture *fixture)
{
  g_clear_object (&fixture->recognisers);
  fixture->recognisers = cap_recognisers_new (fixture->models);
}

/* @expected: ids of models, or of recognisers with a model of their own. */
static void
assert_order (Fixture *fixture, const char *id, const char *language, const char *expected)
{
  g_autoptr (GPtrArray) found = cap_recognisers_find (fixture->recognisers, id, language);
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    {
      const CapCandidate *candidate = found->pdata[i];

      g_string_append_printf (order, "%s%s", i > 0 ? " " : "",
                              candidate->entry != NULL ? candidate->entry->id : candidate->recogniser->id);
    }
  g_assert_cmpstr (order->str, ==, expected);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  assert_order (fixture, NULL, LANGUAGE, "highest high low own");
  assert_order (fixture, "own", LANGUAGE, "own highest high low");
  assert_order (fixture, "reader", LANGUAGE, "highest high low own");
  assert_order (fixture, NULL, LANGUAGE "-BB", "highest high low own");
  assert_order (fixture, NULL, "qaa", "");
}

static void
test_streams_come_first (Fixture *fixture, gconstpointer data)
{
  add_recogniser (fixture, "slow", "/bin/true", "Languages=" LANGUAGE ";\nRank=100\nWordErrors=1");
  read_again (fixture);
  assert_order (fixture, NULL, LANGUAGE, "highest high low own slow");
}

static void
test_close_languages_come_first (Fixture *fixture, gconstpointer data)
{
  add_recogniser (fixture, "british", "/bin/true", "Languages=qaa-GB;");
  add_recogniser (fixture, "american", "/bin/true", "Languages=qaa-US;\nStreams=true\nRank=100");
  add_recogniser (fixture, "general", "/bin/true", "Languages=qaa;\nStreams=true\nRank=50");
  read_again (fixture);
  assert_order (fixture, NULL, "qaa-GB", "general british american");
  assert_order (fixture, NULL, "qaa-US", "american general british");
  assert_order (fixture, NULL, "qaa-AU", "general american british");
  assert_order (fixture, NULL, "qaa", "american general british");
}

static void
test_missing_comes_last (Fixture *fixture, gconstpointer data)
{
  add_recogniser (fixture, "gone", "/nonexistent", "Languages=" LANGUAGE ";\nStreams=true\nRank=100");
  read_again (fixture);
  assert_order (fixture, NULL, LANGUAGE, "highest high low own gone");
}

static void
test_damaged_models_are_left_out (Fixture *fixture, gconstpointer data)
{
  cap_catalogue_set_damaged (cap_models_get_catalogue (fixture->models), "highest", TRUE);
  assert_order (fixture, NULL, LANGUAGE, "high low own");
}

/* One broken file must not hide the others. */
static void
test_bad_files_are_left_out (Fixture *fixture, gconstpointer data)
{
  add_recogniser (fixture, "BAD", "/bin/true", "Languages=" LANGUAGE ";");
  add_recogniser (fixture, "nothing", "/bin/true", "");
  add_recogniser (fixture, "relative", "some/program", "Languages=" LANGUAGE ";");
  add_recogniser (fixture, "numbers", "/bin/true", "Languages=" LANGUAGE ";\nWordErrors=nan");
  g_test_expect_message ("captiond", G_LOG_LEVEL_MESSAGE, "*is left out*");
  g_test_expect_message ("captiond", G_LOG_LEVEL_MESSAGE, "*is left out*");
  g_test_expect_message ("captiond", G_LOG_LEVEL_MESSAGE, "*is left out*");
  g_test_expect_message ("captiond", G_LOG_LEVEL_MESSAGE, "*is left out*");
  read_again (fixture);
  g_test_assert_expected_messages ();
  assert_order (fixture, NULL, LANGUAGE, "highest high low own");
}

static void
add_test (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/recognisers/the best way comes first", test_order);
  add_test ("/recognisers/text while people speak comes first", test_streams_come_first);
  add_test ("/recognisers/close languages come first", test_close_languages_come_first);
  add_test ("/recognisers/one that cannot run comes last", test_missing_comes_last);
  add_test ("/recognisers/damaged models are left out", test_damaged_models_are_left_out);
  add_test ("/recognisers/broken files are left out", test_bad_files_are_left_out);
  return g_test_run ();
}
