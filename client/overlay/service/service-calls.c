/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/service-calls.h"
#include "common/key-pipe.h"
#include "dbus/error.h"
#include "dbus/names.h"
#include "overlay/service/explain.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

/* private */

static GTask *
new_task (GDBusConnection *connection,
          gpointer tag,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (connection, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);

  /* CAP_ERROR registers the names of errors. */
  g_assert (CAP_ERROR != 0);
  return task;
}

static void
return_error (GTask *task, GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cap_explain (error);
  g_task_return_error (task, error);
}

static gboolean
refuse_key (GTask *task, const char *message)
{
  g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "%s", message);
  return FALSE;
}

static gboolean
check_key (GTask *task, gsize length)
{
  if (length == 0)
    return refuse_key (task, _("The key is empty. Nothing was changed."));
  if (length > CAP_KEY_MAX)
    return refuse_key (task, _("The key is too long. Nothing was changed."));

  return TRUE;
}

/* callbacks */

static void
on_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    return_error (task, error);
  else
    g_task_return_pointer (task, g_variant_get_child_value (reply, 0), (GDestroyNotify) g_variant_unref);
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;
  char *path;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    {
      return_error (task, error);
      return;
    }

  g_variant_get (reply, "(o)", &path);
  g_task_return_pointer (task, path, g_free);
}

static void
on_key_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), NULL, result, &error);
  if (reply == NULL)
    return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* public */

void
cap_service_calls_get (GDBusConnection *connection,
                       const char *method,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;
  GVariant *arguments = NULL;
  const char *type;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));
  g_return_if_fail (method != NULL);

  task = new_task (connection, cap_service_calls_get, cancellable, callback, user_data);
  type = g_str_equal (method, "GetDefaults") ? "(a{sv})" : "(aa{sv})";
  if (g_str_equal (method, "ListModels"))
    arguments = g_variant_new ("(a{sv})", NULL);
  g_dbus_connection_call (connection, CAP_BUS_NAME, CAP_OBJECT_PATH, CAP_INTERFACE, method, arguments,
                          G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_got, task);
}

GVariant *
cap_service_calls_get_finish (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, cap_service_calls_get), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
cap_service_calls_set (GDBusConnection *connection,
                       const char *method,
                       GVariant *arguments,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));
  g_return_if_fail (method != NULL);

  task = new_task (connection, cap_service_calls_set, cancellable, callback, user_data);
  g_dbus_connection_call (connection, CAP_BUS_NAME, CAP_OBJECT_PATH, CAP_INTERFACE, method, arguments,
                          G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_set, task);
}

gboolean
cap_service_calls_set_finish (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, cap_service_calls_set), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cap_service_calls_begin (GDBusConnection *connection,
                         const char *method,
                         GVariant *arguments,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));
  g_return_if_fail (method != NULL);

  task = new_task (connection, cap_service_calls_begin, cancellable, callback, user_data);
  g_dbus_connection_call (connection, CAP_BUS_NAME, CAP_OBJECT_PATH, CAP_INTERFACE, method, arguments,
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_begun, task);
}

char *
cap_service_calls_begin_finish (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, cap_service_calls_begin), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
cap_service_calls_set_key (GDBusConnection *connection,
                           const char *id,
                           const char *key,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  gsize length;
  int fd;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));
  g_return_if_fail (id != NULL);
  g_return_if_fail (key != NULL);

  task = new_task (connection, cap_service_calls_set_key, cancellable, callback, user_data);
  key = cap_key_find (key, &length);
  if (!check_key (task, length))
    return;

  fd = cap_key_pipe_new (key, length, &error);
  if (fd < 0)
    {
      g_task_return_error (task, error);
      return;
    }

  /* No timeout, because the user may have to look for the password of the keyring. */
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_dbus_connection_call_with_unix_fd_list (connection, CAP_BUS_NAME, CAP_OBJECT_PATH, CAP_INTERFACE,
                                            "SetKey", g_variant_new ("(sh)", id, 0), G_VARIANT_TYPE_UNIT,
                                            G_DBUS_CALL_FLAGS_NONE, G_MAXINT, fds, cancellable,
                                            on_key_set, g_steal_pointer (&task));
}

gboolean
cap_service_calls_set_key_finish (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, cap_service_calls_set_key), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
