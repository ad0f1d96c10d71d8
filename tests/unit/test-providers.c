/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "providers/providers.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>

typedef struct
{
  GSettings *settings;
  CapProviders *providers;
  GString *told; /* ids from "changed" signals */
} Fixture;

static void
on_changed (Fixture *fixture, const char *id)
{
  g_string_append_printf (fixture->told, "%s ", id);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();

  fixture->settings = g_settings_new_with_backend ("org.captiond", backend);
  fixture->providers = cap_providers_new (fixture->settings);
  fixture->told = g_string_new (NULL);
  g_signal_connect_swapped (fixture->providers, "changed", G_CALLBACK (on_changed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->providers);
  g_object_unref (fixture->settings);
  g_string_free (fixture->told, TRUE);
}

/* @text: an a{sv} in the text format of GVariant. */
static gboolean
set (Fixture *fixture, const char *id, const char *text, GError **error)
{
  g_autoptr (GVariant) settings = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (settings);
  return cap_providers_set (fixture->providers, id, settings, error);
}

static GSettings *
settings_of (Fixture *fixture, const char *id)
{
  g_autofree char *path = g_strdup_printf ("/org/captiond/providers/%s/", id);
  g_autoptr (GSettingsBackend) backend = NULL;

  g_object_get (fixture->settings, "backend", &backend, NULL);
  return g_settings_new_with_backend_and_path ("org.captiond.Provider", backend, path);
}

/* A late notification of GSettings must not cause a second ::changed. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
assert_told (Fixture *fixture, const char *ids)
{
  settle ();
  g_assert_cmpstr (fixture->told->str, ==, ids);
  g_string_truncate (fixture->told, 0);
}

#define SHORT "{'url': <'https://example.org/'>, 'model': <'m'>}"

static void
test_made (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapProviders) later = NULL;
  g_autoptr (CapProvider) provider = NULL;
  g_autoptr (GPtrArray) list = NULL;

  g_assert_true (set (fixture, "two", SHORT, &error));
  g_assert_true (set (fixture, "one", SHORT, &error));
  g_assert_no_error (error);
  assert_told (fixture, "two one ");

  later = cap_providers_new (fixture->settings);
  list = cap_providers_list (later);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (((CapProvider *) list->pdata[0])->id, ==, "two");
  g_assert_cmpstr (((CapProvider *) list->pdata[1])->id, ==, "one");
  provider = cap_providers_get (later, "one");
  g_assert_cmpstr (provider->url, ==, "https://example.org/v1");
  g_assert_null (cap_providers_get (later, "three"));
}

static void
test_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapProvider) before = NULL;
  g_autoptr (CapProvider) after = NULL;

  g_assert_true (set (fixture, "one", SHORT, NULL));
  before = cap_providers_get (fixture->providers, "one");
  assert_told (fixture, "one ");
  g_assert_true (set (fixture, "one", "{'prompt': <'cats'>, 'delay': <'low'>}", NULL));
  assert_told (fixture, "one ");
  g_assert_true (set (fixture, "one", "{'prompt': <'cats'>}", NULL));
  assert_told (fixture, "");

  after = cap_providers_get (fixture->providers, "one");
  g_assert_cmpstr (after->model, ==, "m");
  g_assert_cmpstr (after->prompt, ==, "cats");
  g_assert_cmpstr (before->prompt, ==, "");
}

/* With an Azure dialect the URL of a gateway has another base. */
static void
test_settled_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapProvider) provider = NULL;

  g_assert_true (set (fixture, "one", "{'url': <'https://example.org/openai'>, 'model': <'m'>}", NULL));
  g_assert_true (set (fixture, "one", "{'dialect': <'azure'>}", NULL));
  provider = cap_providers_get (fixture->providers, "one");
  g_assert_cmpstr (provider->url, ==, "https://example.org");
}

static void
test_all_or_none (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapProvider) provider = NULL;

  g_assert_true (set (fixture, "one", SHORT, NULL));
  assert_told (fixture, "one ");
  g_assert_false (set (fixture, "one", "{'prompt': <'cats'>, 'delay': <'long'>}", &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION);
  g_clear_error (&error);
  g_assert_false (set (fixture, "one", "{'prompt': <'cats'>, 'prompt': <'dogs'>}", &error));
  g_assert_cmpstr (error->message, ==, "prompt: given twice");
  g_assert_false (set (fixture, "two", "{'model': <'m'>}", NULL));
  g_assert_false (set (fixture, "local", SHORT, NULL));

  provider = cap_providers_get (fixture->providers, "one");
  g_assert_cmpstr (provider->prompt, ==, "");
  g_assert_null (cap_providers_get (fixture->providers, "two"));
  assert_told (fixture, "");
}

static void
test_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapProvider) provider = NULL;

  g_assert_true (set (fixture, "one", SHORT, NULL));
  g_assert_true (set (fixture, "one", "{'prompt': <'x'>}", NULL));
  g_assert_true (cap_providers_remove (fixture->providers, "one", &error));
  assert_told (fixture, "one one one ");
  g_assert_null (cap_providers_get (fixture->providers, "one"));
  g_assert_false (cap_providers_remove (fixture->providers, "one", &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE);

  g_assert_true (set (fixture, "one", SHORT, NULL));
  provider = cap_providers_get (fixture->providers, "one");
  g_assert_cmpstr (provider->prompt, ==, "");
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 32; i++)
    {
      g_autofree char *id = g_strdup_printf ("p%u", i);

      g_assert_true (set (fixture, id, SHORT, NULL));
    }
  g_assert_false (set (fixture, "more", SHORT, &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED);
  g_assert_true (set (fixture, "p7", "{'prompt': <'x'>}", NULL));
}

static void
test_from_outside (Fixture *fixture, gconstpointer data)
{
  const char *const ids[] = { "one", "one", "local", "B/../x", NULL };
  const char *const none[] = { NULL };
  g_autoptr (GSettings) outside = settings_of (fixture, "one");
  g_autoptr (CapProvider) provider = NULL;

  g_settings_set_string (outside, "url", "https://example.org");
  g_settings_set_string (outside, "model", "m");
  g_settings_set_strv (fixture->settings, "providers", ids);
  assert_told (fixture, "one ");
  g_settings_set_string (outside, "model", "n");
  assert_told (fixture, "one ");
  provider = cap_providers_get (fixture->providers, "one");
  g_assert_cmpstr (provider->model, ==, "n");

  g_settings_set_strv (fixture->settings, "providers", none);
  assert_told (fixture, "one ");
  g_assert_null (cap_providers_get (fixture->providers, "one"));
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  const char *const ids[] = { "one", NULL };
  g_autoptr (GSettings) outside = settings_of (fixture, "one");
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (CapProvider) provider = NULL;

  g_settings_set_string (outside, "url", "https://user:SECRET@example.org");
  g_settings_set_string (outside, "model", "m");
  g_test_expect_message ("captiond", G_LOG_LEVEL_WARNING,
                         "captiond cannot use the settings of the provider one: url: must not contain a user*");
  g_settings_set_strv (fixture->settings, "providers", ids);
  settle ();
  g_test_assert_expected_messages ();

  g_assert_null (cap_providers_get (fixture->providers, "one"));
  list = cap_providers_list (fixture->providers);
  g_assert_cmpuint (list->len, ==, 0);
  g_assert_true (set (fixture, "one", "{'url': <'https://example.org'>}", NULL));
  provider = cap_providers_get (fixture->providers, "one");
  g_assert_cmpstr (provider->model, ==, "m");
}

/* A backend on disk in which the administrator has fixed the model of "one". */
static GSettingsBackend *
open_locked (const char *folder)
{
  g_autofree char *file = g_build_filename (folder, "keyfile", NULL);
  g_autofree char *locks = g_build_filename (folder, "locks", NULL);
  g_autofree char *defaults = g_build_filename (folder, "defaults", NULL);
  g_autoptr (GSettingsBackend) any = g_keyfile_settings_backend_new (file, "/", NULL);

  g_assert_true (g_file_set_contents (locks, "/org/captiond/providers/one/model\n", -1, NULL));
  g_assert_true (g_file_set_contents (defaults, "[org/captiond/providers/one]\nmodel='fixed'\n", -1, NULL));
  return g_object_new (G_OBJECT_TYPE (any), "filename", file, "root-path", "/", "defaults-dir", folder, NULL);
}

static void
test_fixed (void)
{
  g_autofree char *folder = g_dir_make_tmp ("captiond-test-XXXXXX", NULL);
  g_autoptr (GSettingsBackend) backend = open_locked (folder);
  g_autoptr (GSettings) settings = g_settings_new_with_backend ("org.captiond", backend);
  g_autoptr (CapProviders) providers = cap_providers_new (settings);
  Fixture fixture = { settings, providers };
  g_autoptr (GError) error = NULL;
  g_autoptr (CapProvider) provider = NULL;
  const char *const files[] = { "keyfile", "locks", "defaults" };

  g_assert_true (set (&fixture, "one", "{'url': <'https://example.org'>, 'model': <'fixed'>}", &error));
  g_assert_false (set (&fixture, "one", "{'delay': <'low'>, 'model': <'m'>}", &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_POLICY_REFUSED);
  g_assert_true (g_str_has_prefix (error->message, "model: "));
  provider = cap_providers_get (providers, "one");
  g_assert_cmpstr (provider->model, ==, "fixed");
  g_assert_cmpstr (provider->delay, ==, "");

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i], NULL);

      g_remove (path);
    }
  g_rmdir (folder);
}

static void
test_touched (Fixture *fixture, gconstpointer data)
{
  cap_providers_touch (fixture->providers, "one");
  assert_told (fixture, "one ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/providers/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("providers survive a restart", test_made);
  ADD ("a change leaves the other keys alone", test_changed);
  ADD ("a new dialect normalises the URL again", test_settled_again);
  ADD ("a call changes all keys or none", test_all_or_none);
  ADD ("a removed provider leaves no settings", test_removed);
  ADD ("there are at most 32 providers", test_limit);
  ADD ("changes by other programs are noticed", test_from_outside);
  ADD ("broken settings are ignored, and can be repaired", test_broken);
  ADD ("a changed credential is signalled", test_touched);
  g_test_add_func ("/providers/locked settings stay", test_fixed);
  return g_test_run ();
}
