/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/sandbox.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* Creates a folder that looks like /proc with one process, whose id is 7. */
static char *
make_proc (const char *flatpak_info, const char *cgroup)
{
  g_autofree char *proc = g_dir_make_tmp ("captiond-proc-XXXXXX", NULL);
  g_autofree char *root = g_build_filename (proc, "7", "root", NULL);
  g_autofree char *info = g_build_filename (root, ".flatpak-info", NULL);
  g_autofree char *group = g_build_filename (proc, "7", "cgroup", NULL);

  g_assert_cmpint (g_mkdir_with_parents (root, 0700), ==, 0);
  if (flatpak_info != NULL)
    g_assert_true (g_file_set_contents (info, flatpak_info, -1, NULL));
  if (cgroup != NULL)
    g_assert_true (g_file_set_contents (group, cgroup, -1, NULL));

  return g_steal_pointer (&proc);
}

static void
remove_proc (char *proc)
{
  const char *const names[] = { "7/root/.flatpak-info", "7/root", "7/cgroup", "7", "" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (proc, names[i], NULL);

      g_remove (path);
    }
  g_free (proc);
}

static void
expect (const char *flatpak_info, const char *cgroup, gboolean told, const char *expected)
{
  char *proc = make_proc (flatpak_info, cgroup);
  g_autofree char *app_id = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (cap_sandbox_get_app_id (proc, 7, &app_id, &error) == told);
  g_assert_true (told == (error == NULL));
  g_assert_cmpstr (app_id, ==, expected);
  remove_proc (proc);
}

static void
test_host (void)
{
  expect (NULL, "0::/user.slice/user-1000.slice/session-2.scope\n", TRUE, NULL);
  expect (NULL, NULL, TRUE, NULL);
}

static void
test_flatpak (void)
{
  expect ("[Application]\nname=org.gnome.Maps\n", NULL, TRUE, "org.gnome.Maps");
}

static void
test_snap (void)
{
  expect (NULL, "0::/user.slice/app.slice/snap.firefox.firefox-1234.scope\n", TRUE, "firefox");
  expect (NULL, "0::/user.slice/app.slice/snap.foo_bar.app-1.scope\n", TRUE, "foo_bar");
}

static void
test_doubt (void)
{
  expect ("[Instance]\nid=1\n", NULL, FALSE, NULL);
  expect ("no key file", NULL, FALSE, NULL);
}

static void
test_gone (void)
{
  g_autofree char *app_id = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (cap_sandbox_get_app_id ("/nonexistent", 7, &app_id, &error));
  g_assert_nonnull (error);
}

static void
test_self (void)
{
  g_autofree char *app_id = NULL;

  g_assert_true (cap_sandbox_get_app_id ("/proc", getpid (), &app_id, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox/a process of the host has no id", test_host);
  g_test_add_func ("/sandbox/a Flatpak has its id", test_flatpak);
  g_test_add_func ("/sandbox/a Snap has its name", test_snap);
  g_test_add_func ("/sandbox/ambiguous information is an error", test_doubt);
  g_test_add_func ("/sandbox/a process that is gone is an error", test_gone);
  g_test_add_func ("/sandbox/this process can be examined", test_self);
  return g_test_run ();
}
