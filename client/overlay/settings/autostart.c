/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/autostart.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>

#define FILE_NAME "org.captiond.Overlay.desktop"

/* paths */

static char *
get_own_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", FILE_NAME, NULL);
}

/* The system-wide entry, or NULL. */
static char *
find_system_path (void)
{
  for (const char *const *folder = g_get_system_config_dirs (); *folder != NULL; folder++)
    {
      g_autofree char *path = g_build_filename (*folder, "autostart", FILE_NAME, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }

  return NULL;
}

/* reading */

/* GNOME's settings write X-GNOME-Autostart-enabled, others write Hidden. */
static gboolean
is_switched_off (GKeyFile *entry)
{
  g_autoptr (GError) error = NULL;

  if (g_key_file_get_boolean (entry, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN, NULL))
    return TRUE;

  return !g_key_file_get_boolean (entry, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-Autostart-enabled", &error)
         && error == NULL;
}

static gboolean
is_on (const char *path)
{
  g_autoptr (GKeyFile) entry = g_key_file_new ();

  return g_key_file_load_from_file (entry, path, G_KEY_FILE_NONE, NULL) && !is_switched_off (entry);
}

/* writing */

static gboolean
explain (GError **error, const char *path, GError *cause)
{
  g_set_error (error, cause->domain, cause->code,
               _("The list of startup applications could not be changed (%s): %s. Check the folder’s "
                 "permissions and whether the disk is full."),
               path, cause->message);
  g_error_free (cause);
  return FALSE;
}

static gboolean
write_entry (const char *path, gboolean on, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GKeyFile) entry = g_key_file_new ();
  GError *cause = NULL;

  g_key_file_set_string (entry, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, "Application");
  g_key_file_set_string (entry, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, "Live Captions");
  g_key_file_set_string (entry, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_ICON,
                         "org.captiond.Overlay");
  g_key_file_set_string (entry, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC,
                         "captiond-overlay --show");
  g_key_file_set_boolean (entry, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN, !on);

  if (g_mkdir_with_parents (folder, 0700) < 0)
    {
      int code = errno;

      cause = g_error_new_literal (G_FILE_ERROR, g_file_error_from_errno (code), g_strerror (code));
    }
  else
    g_key_file_save_to_file (entry, path, &cause);

  return cause == NULL || explain (error, path, cause);
}

static gboolean
remove_entry (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GError *cause = NULL;

  if (g_file_delete (file, NULL, &cause))
    return TRUE;
  if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return explain (error, path, cause);

  g_error_free (cause);
  return TRUE;
}

/* public */

gboolean
cap_autostart_is_possible (void)
{
  return !g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

gboolean
cap_autostart_is_on (void)
{
  g_autofree char *own = get_own_path ();
  g_autofree char *system = NULL;

  if (g_file_test (own, G_FILE_TEST_EXISTS))
    return is_on (own);

  system = find_system_path ();
  return system != NULL && is_on (system);
}

gboolean
cap_autostart_set (gboolean on, GError **error)
{
  g_autofree char *own = get_own_path ();
  g_autofree char *system = find_system_path ();

  /* Without our entry, the administrator's would take effect. */
  return on || system != NULL ? write_entry (own, on, error) : remove_entry (own, error);
}
