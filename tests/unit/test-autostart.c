/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/autostart.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#define NAME "org.captiond.Overlay.desktop"

static char *
get_path (const char *folder)
{
  return g_build_filename (folder, "autostart", NAME, NULL);
}

static void
write_file (const char *folder, const char *more)
{
  g_autofree char *path = get_path (folder);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *text = g_strconcat ("[Desktop Entry]\nType=Application\nName=Captions\n"
                                       "Exec=captiond-overlay --show\n", more, NULL);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
remove_file (const char *folder)
{
  g_autofree char *path = get_path (folder);

  g_remove (path);
}

static void
set (gboolean on)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cap_autostart_set (on, &error));
  g_assert_no_error (error);
}

static void
test_on_and_off (void)
{
  g_autofree char *path = get_path (g_get_user_config_dir ());
  g_autoptr (GKeyFile) entry = g_key_file_new ();
  g_autofree char *command = NULL;

  g_assert_false (cap_autostart_is_on ());
  set (TRUE);
  g_assert_true (cap_autostart_is_on ());
  g_assert_true (g_key_file_load_from_file (entry, path, G_KEY_FILE_NONE, NULL));
  command = g_key_file_get_string (entry, G_KEY_FILE_DESKTOP_GROUP, "Exec", NULL);
  g_assert_cmpstr (command, ==, "captiond-overlay --show");

  set (FALSE);
  g_assert_false (cap_autostart_is_on ());
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  set (FALSE);
}

/* Desktops have two ways to disable an entry. */
static void
test_switched_off_elsewhere (void)
{
  write_file (g_get_user_config_dir (), "X-GNOME-Autostart-enabled=false\n");
  g_assert_false (cap_autostart_is_on ());
  write_file (g_get_user_config_dir (), "X-GNOME-Autostart-enabled=true\n");
  g_assert_true (cap_autostart_is_on ());
  write_file (g_get_user_config_dir (), "Hidden=true\n");
  g_assert_false (cap_autostart_is_on ());

  set (TRUE);
  g_assert_true (cap_autostart_is_on ());
  set (FALSE);
}

static void
test_of_the_administrator (void)
{
  const char *system = g_get_system_config_dirs ()[0];

  write_file (system, "");
  g_assert_true (cap_autostart_is_on ());
  set (FALSE);
  g_assert_false (cap_autostart_is_on ());
  set (TRUE);
  g_assert_true (cap_autostart_is_on ());

  remove_file (system);
  set (FALSE);
  g_assert_false (cap_autostart_is_on ());
}

static void
test_what_is_no_entry (void)
{
  g_autofree char *path = NULL;

  write_file (g_get_user_config_dir (), "");
  path = get_path (g_get_user_config_dir ());
  g_assert_true (g_file_set_contents (path, "\xff\xfe no entry", -1, NULL));
  g_assert_false (cap_autostart_is_on ());
  set (TRUE);
  g_assert_true (cap_autostart_is_on ());
  set (FALSE);
}

static void
test_it_cannot_be_written (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
  g_autoptr (GError) error = NULL;

  /* A file in place of the folder prevents writing, even by root. */
  g_assert_cmpint (g_mkdir_with_parents (g_get_user_config_dir (), 0700), ==, 0);
  g_rmdir (folder);
  g_assert_true (g_file_set_contents (folder, "", -1, NULL));

  g_assert_false (cap_autostart_set (TRUE, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (g_strstr_len (error->message, -1, folder));
  g_assert_false (cap_autostart_is_on ());
  g_remove (folder);
}

/* Sets folders for the whole program. GLib would create folders for each test, and leak
 * them. */
static void
move_home (const char *folder)
{
  g_autofree char *ours = g_build_filename (folder, "config", NULL);
  g_autofree char *everybodys = g_build_filename (folder, "system", NULL);

  g_setenv ("XDG_CONFIG_HOME", ours, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", everybodys, TRUE);
}

static void
remove_home (const char *folder)
{
  const char *const left[] = { "config/autostart", "config", "system/autostart", "system", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (left); i++)
    {
      g_autofree char *path = g_build_filename (folder, left[i], NULL);

      g_rmdir (path);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("captiond-autostart-XXXXXX", NULL);
  int status;

  g_assert_nonnull (folder);
  move_home (folder);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/autostart/on-and-off", test_on_and_off);
  g_test_add_func ("/autostart/disabled-by-the-desktop", test_switched_off_elsewhere);
  g_test_add_func ("/autostart/entry-of-the-administrator", test_of_the_administrator);
  g_test_add_func ("/autostart/invalid-entries", test_what_is_no_entry);
  g_test_add_func ("/autostart/write-failure-is-reported", test_it_cannot_be_written);

  status = g_test_run ();
  remove_home (folder);
  return status;
}
