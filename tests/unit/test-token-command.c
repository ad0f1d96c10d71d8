/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "providers/token-command.h"

#include <signal.h>
#include <stdio.h>

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static CapSecret *
finish (GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) owned = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  owned = g_steal_pointer (result);
  return cap_token_command_run_finish (owned, error);
}

static CapSecret *
run (const char *script, guint seconds, GError **error)
{
  const char *const argv[] = { "/bin/sh", "-c", script, NULL };
  GAsyncResult *result = NULL;

  cap_token_command_run_async (argv, seconds, NULL, on_done, &result);
  return finish (&result, error);
}

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
assert_prints (const char *script, const char *token, gint64 expiry)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapSecret) secret = run (script, 20, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (cap_secret_peek (secret), ==, token);
  g_assert_cmpint (cap_secret_get_expiry (secret), ==, expiry);
}

static void
test_tokens (void)
{
  gint64 hour = now () + 3600;
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (hour);
  g_autofree char *azure_time = g_date_time_format (local, "%Y-%m-%d %H:%M:%S.123456");
  g_autofree char *azure =
    g_strdup_printf ("echo '{\"accessToken\": \"TOKEN\", \"expiresOn\": \"%s\"}'", azure_time);
  g_autofree char *unix_time = g_strdup_printf (
    "echo '{\"accessToken\": \"TOKEN\", \"expiresOn\": \"2001-01-01 00:00:00.0\", \"expires_on\": "
    "%" G_GINT64_FORMAT "}'",
    hour);

  assert_prints ("echo TOKEN", "TOKEN", 0);
  assert_prints ("printf '  TOKEN  '; echo; echo more", "TOKEN", 0);
  assert_prints (azure, "TOKEN", hour);
  assert_prints (unix_time, "TOKEN", hour);
  assert_prints ("printf '\\n\\t {\"token\": \"TOKEN\"}'", "TOKEN", 0);
}

/* The child, whose process ID is the token, keeps the output open. */
static void
test_child_stays (void)
{
  const char *const scripts[] = { "sleep 1000 & echo $!", "sleep 1000 & sleep 0.5; echo; echo $!" };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CapSecret) secret = run (scripts[i], 60, &error);
      pid_t child;

      g_assert_no_error (error);
      child = g_ascii_strtoll (cap_secret_peek (secret), NULL, 10);
      g_assert_cmpint (child, >, 1);
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
    }
}

static void
test_failures (void)
{
  const struct
  {
    const char *script;
    const char *says;
  } cases[] = {
    { "echo SECRET; echo SECRET >&2; exit 3", "failed" },
    { "echo SECRET; kill -9 $$", "failed" },
    { "true", "printed no token" },
    { "echo '{\"SECRET\": 1}'", "printed no token" },
    { "echo '{\"accessToken\": \"SEC\\nRET\"'", "printed no token" },
    { "printf 'SEC\\001RET'", "printed no token" },
    { "echo '{\"accessToken\": \"SECRET\", \"expires_on\": 1000}'", "has expired" },
    { "yes SECRET", "more than a token" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CapSecret) secret = run (cases[i].script, 20, &error);

      g_assert_null (secret);
      g_assert_error (error, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS);
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_assert_null (strstr (error->message, "SECRET"));
    }
}

static void
test_missing (void)
{
  const char *const argv[] = { "/nowhere/at-all", NULL };
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  cap_token_command_run_async (argv, 20, NULL, on_done, &result);
  g_assert_null (finish (&result, &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS);
  g_assert_nonnull (strstr (error->message, "could not be started"));
}

/* Returns the process id that the script wrote into @file. */
static pid_t
read_pid (const char *file)
{
  g_autofree char *text = NULL;

  while (!g_file_get_contents (file, &text, NULL, NULL) || strchr (text, '\n') == NULL)
    {
      g_clear_pointer (&text, g_free);
      g_main_context_iteration (NULL, FALSE);
    }
  return g_ascii_strtoll (text, NULL, 10);
}

/* Waits until the process is gone or a zombie. */
static void
assert_killed (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  g_autofree char *stat = NULL;

  while (g_file_get_contents (path, &stat, NULL, NULL) && strstr (stat, ") Z") == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, limit);
      g_clear_pointer (&stat, g_free);
      g_main_context_iteration (NULL, FALSE);
    }
}

/* The shell's child also holds the pipe open. */
static void
test_late (void)
{
  g_autofree char *folder = g_dir_make_tmp ("captiond-test-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "pid", NULL);
  g_autofree char *script = g_strdup_printf ("sleep 1000 & echo $! > %s; wait", file);
  g_autoptr (GError) error = NULL;
  g_autoptr (CapSecret) secret = run (script, 1, &error);

  g_assert_null (secret);
  g_assert_error (error, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS);
  g_assert_nonnull (strstr (error->message, "in time"));
  assert_killed (read_pid (file));
  g_assert_cmpint (remove (file) + remove (folder), ==, 0);
}

static void
test_cancelled (void)
{
  g_autofree char *folder = g_dir_make_tmp ("captiond-test-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "pid", NULL);
  g_autofree char *script = g_strdup_printf ("echo $$ > %s; exec sleep 1000", file);
  const char *const argv[] = { "/bin/sh", "-c", script, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;
  pid_t pid;

  cap_token_command_run_async (argv, 20, cancellable, on_done, &result);
  pid = read_pid (file);
  g_cancellable_cancel (cancellable);
  g_assert_null (finish (&result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_killed (pid);
  g_assert_cmpint (remove (file) + remove (folder), ==, 0);
}

static void
test_environment (void)
{
  g_setenv ("CAPTIOND_KEY_OTHER", "SECRET", TRUE);
  g_setenv ("CAPTIOND_TEST", "kept", TRUE);
  assert_prints ("echo \"${CAPTIOND_KEY_OTHER-gone}-$CAPTIOND_TEST\"", "gone-kept", 0);
  g_unsetenv ("CAPTIOND_KEY_OTHER");
  g_unsetenv ("CAPTIOND_TEST");
}

/* Without an empty standard input, a program that reads it would wait forever. */
static void
test_input (void)
{
  assert_prints ("read line || echo nothing", "nothing", 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-command/tokens may be plain or JSON", test_tokens);
  g_test_add_func ("/token-command/a child may stay", test_child_stays);
  g_test_add_func ("/token-command/errors do not repeat the output", test_failures);
  g_test_add_func ("/token-command/a missing program is an error", test_missing);
  g_test_add_func ("/token-command/a late program is killed with its children", test_late);
  g_test_add_func ("/token-command/a cancelled program is killed", test_cancelled);
  g_test_add_func ("/token-command/the environment has no keys", test_environment);
  g_test_add_func ("/token-command/standard input is empty", test_input);
  return g_test_run ();
}
