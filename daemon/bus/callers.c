/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/callers.h"
#include "bus/sandbox.h"
#include "dbus/error.h"

/* struct */

struct _CapCallers
{
  GObject parent_instance;

  GDBusConnection *connection;
  CapCallerLimits limits;
  GHashTable *records; /* bus name → Record */
};

typedef struct
{
  CapCallers *callers; /* owns the record */
  CapCaller *caller;
  guint watch;
} Record;

/* signals */

enum
{
  SIGNAL_GONE,
  SIGNAL_LOST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void record_free (Record *record);

G_DEFINE_FINAL_TYPE (CapCallers, cap_callers, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_callers_init (CapCallers *self)
{
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) record_free);
}

static void
cap_callers_dispose (GObject *object)
{
  CapCallers *self = CAP_CALLERS (object);

  g_hash_table_remove_all (self->records);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (cap_callers_parent_class)->dispose (object);
}

static void
cap_callers_finalize (GObject *object)
{
  CapCallers *self = CAP_CALLERS (object);

  g_hash_table_unref (self->records);

  G_OBJECT_CLASS (cap_callers_parent_class)->finalize (object);
}

static void
cap_callers_class_init (CapCallersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_callers_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_callers_finalize;

  signals[SIGNAL_GONE] = g_signal_new ("gone", CAP_TYPE_CALLERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, CAP_TYPE_CALLER);
  signals[SIGNAL_LOST] = g_signal_new ("lost", CAP_TYPE_CALLERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, CAP_TYPE_CALLER);
}

/* callbacks */

static void
on_lost (CapCaller *caller, gpointer user_data)
{
  CapCallers *self = user_data;

  g_signal_emit (self, signals[SIGNAL_LOST], 0, caller);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Record *record = user_data;
  CapCallers *self = record->callers;
  g_autoptr (CapCaller) caller = g_object_ref (record->caller);

  g_hash_table_remove (self->records, name);
  g_signal_emit (self, signals[SIGNAL_GONE], 0, caller);
}

/* private methods */

static void
record_free (Record *record)
{
  g_bus_unwatch_name (record->watch);
  g_signal_handlers_disconnect_by_data (record->caller, record->callers);
  g_object_unref (record->caller);
  g_free (record);
}

static CapCaller *
add_record (CapCallers *self, const char *bus_name, const char *process, const char *app_id)
{
  Record *record = g_new0 (Record, 1);

  record->callers = self;
  record->caller = cap_caller_new (self->connection, bus_name, process, app_id, &self->limits);
  g_signal_connect (record->caller, "lost", G_CALLBACK (on_lost), self);
  g_hash_table_insert (self->records, g_strdup (bus_name), record);
  record->watch = g_bus_watch_name_on_connection (self->connection, bus_name,
                                                  G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished,
                                                  record, NULL);
  return record->caller;
}

static char *
read_process_name (guint32 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/comm", pid);
  g_autofree char *name = NULL;

  if (!g_file_get_contents (path, &name, NULL, NULL))
    return g_strdup ("unknown");

  return g_utf8_make_valid (g_strchomp (name), -1);
}

static CapCaller *
identify (CapCallers *self, const char *bus_name, GVariant *credentials, GError **error)
{
  Record *record = g_hash_table_lookup (self->records, bus_name);
  g_autoptr (GError) reason = NULL;
  g_autofree char *app_id = NULL;
  guint32 pid;

  if (record != NULL)
    return record->caller;

  if (!g_variant_lookup (credentials, "ProcessID", "u", &pid)
      || !cap_sandbox_get_app_id ("/proc", pid, &app_id, &reason))
    {
      g_info ("caller %s: %s", bus_name, reason != NULL ? reason->message : "no process id");
      g_set_error_literal (error, CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
                           "captiond cannot tell whether this program runs in a sandbox, because the "
                           "program runs in a container or with special privileges, so it gets no "
                           "captions. Start it outside of the container.");
      return NULL;
    }

  g_autofree char *process = read_process_name (pid);
  return add_record (self, bus_name, process, app_id);
}

static void
on_credentials (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) credentials = NULL;
  CapCaller *caller;

  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  credentials = g_variant_get_child_value (reply, 0);
  caller = identify (g_task_get_source_object (task), g_task_get_task_data (task), credentials, &error);
  if (caller == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_object_ref (caller), g_object_unref);
}

/* public methods */

CapCallers *
cap_callers_new (GDBusConnection *connection, const CapCallerLimits *limits)
{
  CapCallers *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (limits != NULL, NULL);

  self = g_object_new (CAP_TYPE_CALLERS, NULL);
  self->connection = g_object_ref (connection);
  self->limits = *limits;
  return self;
}

void
cap_callers_identify_async (CapCallers *self,
                            const char *bus_name,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (CAP_IS_CALLERS (self));
  g_return_if_fail (bus_name != NULL);

  /* This also asks about known callers: the bus sends this answer before the
   * news that the caller left, so no caller can open a stream after it left. */
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_task_data (task, g_strdup (bus_name), g_free);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "GetConnectionCredentials",
                          g_variant_new ("(s)", bus_name), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_credentials, task);
}

CapCaller *
cap_callers_identify_finish (CapCallers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CAP_IS_CALLERS (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
