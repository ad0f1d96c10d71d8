/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/dialects.h"
#include "realtime/learnt.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder, *path;
  CapProvider *provider, *moved; /* the same id at another service */
} Fixture;

static CapProvider *
provider_new (const char *url)
{
  g_autofree char *text = g_strdup_printf ("{'url': <'%s'>, 'model': <'m'>}", url);
  g_autoptr (GVariant) settings = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  CapProvider *provider = cap_provider_new ("cloud", settings, &error);

  g_assert_no_error (error);
  return provider;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("learnt-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "captiond", "learnt", NULL);
  fixture->provider = provider_new ("https://one.example/v1");
  fixture->moved = provider_new ("https://two.example/v1");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *inner = g_path_get_dirname (fixture->path);

  g_unlink (fixture->path);
  g_rmdir (inner);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
  cap_provider_unref (fixture->provider);
  cap_provider_unref (fixture->moved);
}

static void
test_it_outlasts_the_daemon (Fixture *fixture, gconstpointer data)
{
  CapLearnt *first = cap_learnt_new (fixture->path);
  g_autoptr (CapLearnt) second = NULL;
  gboolean minted;
  GStatBuf info;

  cap_learnt_set_door (first, fixture->provider, cap_dialect_find ("vllm"), FALSE);
  cap_learnt_add_refused (first, fixture->provider, CAP_FIELD_PROMPT);
  cap_learnt_add_refused (first, fixture->provider, CAP_FIELD_LANGUAGE);
  g_assert_finalize_object (first);

  second = cap_learnt_new (fixture->path);
  g_assert_true (cap_learnt_get_door (second, fixture->provider, &minted) == cap_dialect_find ("vllm"));
  g_assert_false (minted);
  g_assert_cmpuint (cap_learnt_get_refused (second, fixture->provider), ==,
                    CAP_FIELD_PROMPT | CAP_FIELD_LANGUAGE);
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_another_service_is_not_known (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapLearnt) learnt = cap_learnt_new (fixture->path);
  gboolean minted;

  cap_learnt_set_door (learnt, fixture->provider, cap_dialect_find ("openai"), TRUE);
  cap_learnt_add_refused (learnt, fixture->provider, CAP_FIELD_PROMPT);
  g_assert_null (cap_learnt_get_door (learnt, fixture->moved, &minted));
  g_assert_cmpuint (cap_learnt_get_refused (learnt, fixture->moved), ==, 0);

  /* Learning about the new service forgets the old one. */
  cap_learnt_set_door (learnt, fixture->moved, cap_dialect_find ("vllm"), FALSE);
  g_assert_cmpuint (cap_learnt_get_refused (learnt, fixture->moved), ==, 0);
  g_assert_null (cap_learnt_get_door (learnt, fixture->provider, &minted));
}

static void
test_it_can_be_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapLearnt) learnt = cap_learnt_new (fixture->path);
  gboolean minted;

  cap_learnt_set_door (learnt, fixture->provider, cap_dialect_find ("openai"), TRUE);
  cap_learnt_forget (learnt, "cloud");
  cap_learnt_forget (learnt, "never-seen");
  g_assert_null (cap_learnt_get_door (learnt, fixture->provider, &minted));
}

static void
test_people_are_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapLearnt) learnt = cap_learnt_new (fixture->path);
  g_auto (GStrv) nothing = cap_learnt_describe (learnt, fixture->provider);
  g_auto (GStrv) sentences = NULL;

  g_assert_cmpuint (g_strv_length (nothing), ==, 0);
  cap_learnt_set_door (learnt, fixture->provider, cap_dialect_find ("openai"), TRUE);
  cap_learnt_add_refused (learnt, fixture->provider, CAP_FIELD_KEYWORDS);
  sentences = cap_learnt_describe (learnt, fixture->provider);
  g_assert_cmpuint (g_strv_length (sentences), ==, 2);
  g_assert_nonnull (strstr (sentences[0], "openai"));
  g_assert_nonnull (strstr (sentences[1], "keywords"));
}

static void
test_a_damaged_file_is_as_good_as_none (Fixture *fixture, gconstpointer data)
{
  g_autofree char *inner = g_path_get_dirname (fixture->path);
  g_autoptr (CapLearnt) learnt = NULL;
  gboolean minted;

  g_mkdir (inner, 0700);
  g_assert_true (g_file_set_contents (fixture->path, "[cloud\nx\xff=", -1, NULL));
  learnt = cap_learnt_new (fixture->path);
  g_assert_null (cap_learnt_get_door (learnt, fixture->provider, &minted));
  cap_learnt_set_door (learnt, fixture->provider, cap_dialect_find ("openai"), FALSE);
  g_assert_nonnull (cap_learnt_get_door (learnt, fixture->provider, &minted));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/learnt/it survives a restart", Fixture, NULL, set_up, test_it_outlasts_the_daemon, tear_down);
  g_test_add ("/learnt/another service with the same id is unknown", Fixture, NULL, set_up,
              test_another_service_is_not_known, tear_down);
  g_test_add ("/learnt/it can be forgotten", Fixture, NULL, set_up, test_it_can_be_forgotten, tear_down);
  g_test_add ("/learnt/it is described for people", Fixture, NULL, set_up, test_people_are_told, tear_down);
  g_test_add ("/learnt/a damaged file counts as empty", Fixture, NULL, set_up,
              test_a_damaged_file_is_as_good_as_none, tear_down);
  return g_test_run ();
}
