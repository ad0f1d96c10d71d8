/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/bus.h"
#include "dbus/error.h"
#include "dbus/names.h"

#include <gio/gunixfdlist.h>

#define SEE_JOURNAL "To see its log: journalctl --user -u captiond"

typedef struct
{
  GDBusError code;
  const char *sentence;
} Explanation;

/* The bus's own sentences for these errors name addresses and methods. Errors
 * that the service reports keep their sentences. */
static const Explanation explanations[] = {
  { G_DBUS_ERROR_SERVICE_UNKNOWN,
    "the caption service is not installed for this session bus. Install captiond; you may have to "
    "log in again afterwards" },
  { G_DBUS_ERROR_NAME_HAS_NO_OWNER,
    "the caption service stopped. Run this command again. " SEE_JOURNAL },
  { G_DBUS_ERROR_NO_REPLY,
    "the caption service did not answer. " SEE_JOURNAL },
  { G_DBUS_ERROR_TIMED_OUT,
    "the caption service did not answer in time. " SEE_JOURNAL },
  { G_DBUS_ERROR_DISCONNECTED,
    "the connection to the session bus was lost" },
  { G_DBUS_ERROR_ACCESS_DENIED,
    "the session bus does not let this program talk to the caption service. A sandboxed program needs "
    "permission to talk to " CAP_BUS_NAME },
  { G_DBUS_ERROR_UNKNOWN_METHOD,
    "the running caption service does not know this command. It may be an older version: restart captiond" },
  { G_DBUS_ERROR_UNKNOWN_OBJECT,
    "this stream no longer exists. To list the streams that do: captionctl status" },
};

static gboolean
is_start_failure (const GError *error)
{
  return error->domain == G_DBUS_ERROR && error->code >= G_DBUS_ERROR_SPAWN_EXEC_FAILED
         && error->code <= G_DBUS_ERROR_SPAWN_NO_MEMORY;
}

/* Translates GIO's errors about the connection into errors of the bus. The end of
 * the connection must not look like a reader who closed our output. */
static void
translate_io_error (GError *error)
{
  if (error->domain != G_IO_ERROR)
    return;

  if (error->code == G_IO_ERROR_TIMED_OUT)
    error->code = G_DBUS_ERROR_TIMED_OUT;
  else if (error->code == G_IO_ERROR_CLOSED || error->code == G_IO_ERROR_BROKEN_PIPE)
    error->code = G_DBUS_ERROR_DISCONNECTED;
  else
    return;
  error->domain = G_DBUS_ERROR;
}

GDBusConnection *
cap_bus_connect (GError **error)
{
  g_autoptr (GError) cause = NULL;
  GDBusConnection *connection;

  /* The quark registers the D-Bus names of errors. */
  g_assert (CAP_ERROR != 0);

  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &cause);
  if (connection == NULL)
    {
      g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER,
                   "no session bus was found (%s). Run this command inside a desktop session",
                   cause->message);
      return NULL;
    }

  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return connection;
}

GVariant *
cap_bus_call (GDBusConnection *connection,
              const char *method,
              GVariant *arguments,
              const char *reply,
              GError **error)
{
  GError *local_error = NULL;
  GVariant *result;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (method != NULL, NULL);
  g_return_val_if_fail (reply != NULL, NULL);

  result = g_dbus_connection_call_sync (connection, CAP_BUS_NAME, CAP_OBJECT_PATH, CAP_INTERFACE, method,
                                        arguments, G_VARIANT_TYPE (reply), G_DBUS_CALL_FLAGS_NONE, -1,
                                        NULL, &local_error);
  if (result == NULL)
    {
      cap_bus_explain (local_error);
      g_propagate_error (error, local_error);
    }

  return result;
}

gboolean
cap_bus_call_with_fd (GDBusConnection *connection,
                      const char *method,
                      const char *id,
                      int fd,
                      GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), FALSE);
  g_return_val_if_fail (method != NULL, FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (fd >= 0, FALSE);

  fds = g_unix_fd_list_new_from_array (&fd, 1);
  /* Without a timeout, because the user may have to look for the password of the
   * keyring. */
  reply = g_dbus_connection_call_with_unix_fd_list_sync (
      connection, CAP_BUS_NAME, CAP_OBJECT_PATH, CAP_INTERFACE, method,
      g_variant_new ("(sh)", id, 0), G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NONE, G_MAXINT, fds,
      NULL, NULL, &local_error);
  if (reply == NULL)
    {
      cap_bus_explain (local_error);
      g_propagate_error (error, local_error);
    }

  return reply != NULL;
}

char *
cap_bus_read_version (GDBusConnection *connection)
{
  g_autoptr (GVariant) version = NULL;
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  reply = g_dbus_connection_call_sync (
      connection, CAP_BUS_NAME, CAP_OBJECT_PATH, "org.freedesktop.DBus.Properties", "Get",
      g_variant_new ("(ss)", CAP_INTERFACE, "Version"), G_VARIANT_TYPE ("(v)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL);
  if (reply != NULL)
    g_variant_get (reply, "(v)", &version);
  if (version == NULL || !g_variant_is_of_type (version, G_VARIANT_TYPE_STRING))
    return g_strdup ("unknown");

  return g_variant_dup_string (version, NULL);
}

void
cap_bus_explain (GError *error)
{
  g_return_if_fail (error != NULL);

  g_dbus_error_strip_remote_error (error);
  translate_io_error (error);

  if (is_start_failure (error))
    {
      g_autofree char *cause = g_steal_pointer (&error->message);

      error->message = g_strdup_printf ("the caption service could not be started (%s). " SEE_JOURNAL, cause);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (explanations); i++)
    {
      if (!g_error_matches (error, G_DBUS_ERROR, explanations[i].code))
        continue;
      g_free (error->message);
      error->message = g_strdup (explanations[i].sentence);
      return;
    }
}
