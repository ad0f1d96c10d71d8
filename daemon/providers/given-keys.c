/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/given-keys.h"
#include "base/small-read.h"
#include "dbus/error.h"

#include <string.h>

#define VARIABLE_PREFIX "CAPTIOND_KEY_"
#define FILE_PREFIX "captiond-key-"
#define MAX_BYTES (16 * 1024)
#define READ_SECONDS 25

struct _CapGivenKeys
{
  GHashTable *variables; /* name of the variable → CapSecret */
  char *folder;          /* systemd's credentials folder, or NULL */
};

/* the environment */

static void
take_variable (CapGivenKeys *self, const char *name)
{
  const char *value = g_getenv (name);
  CapSecret *secret = cap_secret_new (value, -1, NULL);

  if (secret != NULL)
    g_hash_table_insert (self->variables, g_strdup (name), secret);
  else
    g_message ("captiond ignores the environment variable %s because its value cannot be a key.", name);

  /* /proc/PID/environ and core dumps show this memory. */
  explicit_bzero ((char *) value, strlen (value));
  g_unsetenv (name);
}

static char *
variable_of (const char *provider_id)
{
  g_autofree char *upper = g_ascii_strup (provider_id, -1);

  return g_strconcat (VARIABLE_PREFIX, g_strdelimit (upper, "-", '_'), NULL);
}

/* the credential */

static void
fail (GTask *task, const char *why)
{
  g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                           "captiond cannot use the systemd credential " FILE_PREFIX "%s: %s%s Correct the "
                           "unit, then restart captiond.",
                           (const char *) g_task_get_task_data (task), why,
                           g_str_has_suffix (why, ".") ? "" : ".");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = cap_small_read_finish (result, &error);
  g_autoptr (CapSecret) secret = NULL;
  const char *start;
  gsize length;

  if (text != NULL)
    {
      start = g_bytes_get_data (text, &length);
      secret = cap_secret_new (start != NULL ? start : "", length, &error);
    }
  if (secret != NULL)
    g_task_return_pointer (task, g_steal_pointer (&secret), (GDestroyNotify) cap_secret_unref);
  else
    fail (task, error->message);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (stream == NULL)
    fail (task, error->message);
  else
    cap_small_read_async (G_INPUT_STREAM (stream), MAX_BYTES, READ_SECONDS, cancellable, on_read,
                          g_steal_pointer (&task));
}

/* Opening anything but a regular file may block for ever. */
static void
on_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_task_return_pointer (task, NULL, NULL);
  else if (info == NULL)
    fail (task, error->message);
  else if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    fail (task, "It is not a regular file.");
  else
    g_file_read_async (G_FILE (source), G_PRIORITY_DEFAULT, cancellable, on_opened, g_steal_pointer (&task));
}

/* public methods */

CapGivenKeys *
cap_given_keys_new (void)
{
  CapGivenKeys *self = g_new0 (CapGivenKeys, 1);
  g_auto (GStrv) names = g_listenv ();

  self->variables =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cap_secret_unref);
  self->folder = g_strdup (g_getenv ("CREDENTIALS_DIRECTORY"));
  for (char **name = names; *name != NULL; name++)
    if (g_str_has_prefix (*name, VARIABLE_PREFIX))
      take_variable (self, *name);

  return self;
}

void
cap_given_keys_free (CapGivenKeys *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->variables);
  g_free (self->folder);
  g_free (self);
}

void
cap_given_keys_get_async (CapGivenKeys *self, const char *provider_id, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *variable = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GFile) file = NULL;
  CapSecret *secret;

  g_return_if_fail (self != NULL);
  g_return_if_fail (provider_id != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  variable = variable_of (provider_id);
  secret = g_hash_table_lookup (self->variables, variable);
  if (secret != NULL || self->folder == NULL)
    {
      g_task_return_pointer (task, secret != NULL ? cap_secret_ref (secret) : NULL,
                             (GDestroyNotify) cap_secret_unref);
      return;
    }

  g_task_set_task_data (task, g_strdup (provider_id), g_free);
  name = g_strconcat (FILE_PREFIX, provider_id, NULL);
  file = g_file_new_build_filename (self->folder, name, NULL);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT,
                           cancellable, on_info, g_steal_pointer (&task));
}

CapSecret *
cap_given_keys_get_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
