/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/job-call.h"
#include "common/bus.h"
#include "dbus/names.h"

#include <glib-unix.h>

#define CANCEL_MS 10000

typedef struct
{
  GDBusConnection *connection;
  CapJobCallFunc progress;
  gpointer user_data;

  GMainLoop *loop;
  char *path;
  guint subscription;
  guint watch;
  gboolean cancelled;
  gboolean over;
  GError *error;
} Call;

static void
call_clear (Call *self)
{
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_error (&self->error);
  g_free (self->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

/* private */

/* Takes @error, or NULL for success. */
static void
end (Call *self, GError *error)
{
  if (self->over)
    {
      g_clear_error (&error);
      return;
    }

  self->over = TRUE;
  self->error = error;
  g_main_loop_quit (self->loop);
}

static void
take_done (Call *self, GVariant *arguments)
{
  const char *name, *message;

  g_variant_get (arguments, "(&s&s)", &name, &message);
  end (self, *name != '\0' || *message != '\0' ? g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, message)
                                               : NULL);
}

static gboolean
begin (Call *self, const char *method, GVariant *arguments, GError **error)
{
  g_autoptr (GVariant) reply = cap_bus_call (self->connection, method, arguments, "(o)", error);

  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(o)", &self->path);
  return TRUE;
}

/* callbacks */

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *arguments,
           gpointer user_data)
{
  Call *self = user_data;

  if (self->over || g_strcmp0 (path, self->path) != 0)
    return;

  if (g_str_equal (name, "Progress") && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(stt)")))
    {
      const char *stage;
      guint64 done, total;

      g_variant_get (arguments, "(&stt)", &stage, &done, &total);
      self->progress (stage, done, total, self->user_data);
    }
  else if (g_str_equal (name, "Done") && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ss)")))
    take_done (self, arguments);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  GError *error = g_error_new_literal (
    G_DBUS_ERROR, connection == NULL ? G_DBUS_ERROR_DISCONNECTED : G_DBUS_ERROR_NAME_HAS_NO_OWNER, "gone");

  cap_bus_explain (error);
  end (user_data, error);
}

static gboolean
on_asked_to_end (gpointer user_data)
{
  Call *self = user_data;

  if (self->cancelled)
    {
      end (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the command was interrupted"));
      return G_SOURCE_CONTINUE;
    }

  /* The service answers with the signal Done. */
  self->cancelled = TRUE;
  g_dbus_connection_call (self->connection, CAP_BUS_NAME, self->path, CAP_JOB_INTERFACE, "Cancel", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CANCEL_MS, NULL, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static void
run (Call *self)
{
  const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
  guint ids[G_N_ELEMENTS (numbers)];

  self->watch = g_bus_watch_name_on_connection (self->connection, CAP_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                NULL, on_vanished, self, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = g_unix_signal_add (numbers[i], on_asked_to_end, self);
  g_main_loop_run (self->loop);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_source_remove (ids[i]);
}

/* public */

gboolean
cap_job_call (GDBusConnection *connection,
              const char *method,
              GVariant *arguments,
              CapJobCallFunc progress,
              gpointer user_data,
              GError **error)
{
  g_auto (Call) self = { 0 };

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), FALSE);
  g_return_val_if_fail (method != NULL, FALSE);
  g_return_val_if_fail (progress != NULL, FALSE);

  self.connection = connection;
  self.progress = progress;
  self.user_data = user_data;
  self.loop = g_main_loop_new (NULL, FALSE);
  /* Subscribe before the call, which returns the path. Signals that arrive before its
   * answer wait in the main context. */
  self.subscription = g_dbus_connection_signal_subscribe (
    connection, CAP_BUS_NAME, CAP_JOB_INTERFACE, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, &self,
    NULL);
  if (!begin (&self, method, arguments, error))
    return FALSE;

  run (&self);
  if (self.error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self.error));
  return FALSE;
}
