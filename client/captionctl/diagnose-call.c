/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/diagnose-call.h"
#include "common/bus.h"
#include "dbus/names.h"

#define CANCEL_MS 5000

struct _CapDiagnoseCall
{
  GDBusConnection *connection;
  const CapDiagnoseCallFuncs *funcs;
  gpointer user_data;

  char *path;
  guint subscription;
  guint watch_id;
  guint timeout_id;
  gboolean cancelled;
  gboolean over;
};

/* private */

static void
fail (CapDiagnoseCall *self, GError *taken)
{
  g_autoptr (GError) error = taken;

  if (self->over)
    return;

  self->over = TRUE;
  self->funcs->failed (error, self->user_data);
}

static void
take_done (CapDiagnoseCall *self, GVariant *arguments)
{
  g_autoptr (GVariant) details = NULL;
  const char *verdict;

  g_variant_get (arguments, "(&s@a{sv})", &verdict, &details);
  self->over = TRUE;
  self->funcs->done (verdict, details, self->user_data);
}

static char *
read_owner (GDBusConnection *connection, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GError *cause = NULL;
  const char *owner;

  reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "GetNameOwner",
                                       g_variant_new ("(s)", CAP_BUS_NAME), G_VARIANT_TYPE ("(s)"),
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &cause);
  if (reply == NULL)
    {
      cap_bus_explain (cause);
      g_propagate_error (error, cause);
      return NULL;
    }

  g_variant_get (reply, "(&s)", &owner);
  return g_strdup (owner);
}

static gboolean
call_diagnose (CapDiagnoseCall *self, const char *id, gboolean apply, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;

  g_variant_dict_insert (&options, "apply", "b", apply);
  reply = cap_bus_call (self->connection, "Diagnose",
                        g_variant_new ("(s@a{sv})", id, g_variant_dict_end (&options)), "(o)", error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(o)", &self->path);
  return TRUE;
}

/* callbacks */

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  CapDiagnoseCall *self = user_data;
  GError *error = g_error_new_literal (
      G_DBUS_ERROR,
      connection == NULL ? G_DBUS_ERROR_DISCONNECTED : G_DBUS_ERROR_NAME_HAS_NO_OWNER, "gone");

  cap_bus_explain (error);
  fail (self, error);
}

static void
on_timeout (gpointer user_data)
{
  CapDiagnoseCall *self = user_data;

  self->timeout_id = 0;
  fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                   "the diagnosis was interrupted, but the caption service did not answer"));
}

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *arguments,
           gpointer user_data)
{
  CapDiagnoseCall *self = user_data;

  if (self->over || !g_str_equal (path, self->path))
    return;

  if (g_str_equal (name, "Row") && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(a{sv})")))
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (arguments, 0);

      self->funcs->row (row, self->user_data);
    }
  else if (g_str_equal (name, "Done") && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv})")))
    take_done (self, arguments);
}

/* public */

CapDiagnoseCall *
cap_diagnose_call_start (GDBusConnection *connection,
                         const char *id,
                         gboolean apply,
                         const CapDiagnoseCallFuncs *funcs,
                         gpointer user_data,
                         GError **error)
{
  g_autoptr (CapDiagnoseCall) self = g_new0 (CapDiagnoseCall, 1);
  g_autofree char *owner = NULL;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (funcs != NULL, NULL);

  self->connection = g_object_ref (connection);
  self->funcs = funcs;
  self->user_data = user_data;

  owner = read_owner (connection, error);
  if (owner == NULL)
    return NULL;

  /* Subscribe before the call, which returns the path. Signals that arrive before its
   * answer wait in the main context. */
  self->subscription = g_dbus_connection_signal_subscribe (
      connection, owner, CAP_DIAGNOSIS_INTERFACE, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_signal, self, NULL);
  if (!call_diagnose (self, id, apply, error))
    return NULL;

  self->watch_id = g_bus_watch_name_on_connection (connection, CAP_BUS_NAME,
                                                   G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished,
                                                   self, NULL);
  return g_steal_pointer (&self);
}

void
cap_diagnose_call_free (CapDiagnoseCall *self)
{
  g_return_if_fail (self != NULL);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  g_clear_object (&self->connection);
  g_free (self->path);
  g_free (self);
}

void
cap_diagnose_call_cancel (CapDiagnoseCall *self)
{
  g_return_if_fail (self != NULL);

  if (self->cancelled)
    {
      fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the diagnosis was interrupted"));
      return;
    }

  self->cancelled = TRUE;
  self->timeout_id = g_timeout_add_once (CANCEL_MS, on_timeout, self);
  /* The service answers with the signal Done. */
  g_dbus_connection_call (self->connection, CAP_BUS_NAME, self->path, CAP_DIAGNOSIS_INTERFACE,
                          "Cancel", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, CANCEL_MS, NULL,
                          NULL, NULL);
}
