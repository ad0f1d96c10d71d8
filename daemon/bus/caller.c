/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/caller.h"
#include "dbus/error.h"

#define MAX_OPENS 60
#define OPENS_WINDOW (60 * G_USEC_PER_SEC)

/* struct */

struct _CapCaller
{
  GObject parent_instance;

  GDBusConnection *connection;
  GCancellable *cancellable;
  char *bus_name;
  char *process;
  char *app_id;
  CapCallerLimits limits;

  guint n_holds;
  gint64 opens[MAX_OPENS]; /* a ring; monotonic, µs */
  guint next_open;

  gint64 last_ping; /* monotonic, µs */
  gboolean pinging;
  gboolean stalled;
  guint stall_timeout;
};

/* signals */

enum
{
  SIGNAL_LOST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapCaller, cap_caller, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_caller_init (CapCaller *self)
{
  self->cancellable = g_cancellable_new ();
  self->last_ping = G_MININT32;
  for (guint i = 0; i < MAX_OPENS; i++)
    self->opens[i] = -OPENS_WINDOW;
}

static void
cap_caller_dispose (GObject *object)
{
  CapCaller *self = CAP_CALLER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->stall_timeout, g_source_remove);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (cap_caller_parent_class)->dispose (object);
}

static void
cap_caller_finalize (GObject *object)
{
  CapCaller *self = CAP_CALLER (object);

  g_object_unref (self->cancellable);
  g_free (self->bus_name);
  g_free (self->process);
  g_free (self->app_id);

  G_OBJECT_CLASS (cap_caller_parent_class)->finalize (object);
}

static void
cap_caller_class_init (CapCallerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_caller_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_caller_finalize;

  signals[SIGNAL_LOST] = g_signal_new ("lost", CAP_TYPE_CALLER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
}

/* private methods */

static void on_pong (GObject *source, GAsyncResult *result, gpointer user_data);
static gboolean on_stalled (gpointer user_data);

static void
ping (CapCaller *self, gint64 now)
{
  self->last_ping = now;
  self->pinging = TRUE;
  self->stall_timeout = g_timeout_add (self->limits.stall_ms, on_stalled, self);
  g_dbus_connection_call (self->connection, self->bus_name, "/", "org.freedesktop.DBus.Peer", "Ping",
                          NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, self->limits.drop_ms,
                          self->cancellable, on_pong, self);
}

/* callbacks */

/* Every answer proves that the program is alive, even an error. */
static void
on_pong (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  CapCaller *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = user_data;
  self->pinging = FALSE;
  self->stalled = FALSE;
  g_clear_handle_id (&self->stall_timeout, g_source_remove);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_signal_emit (self, signals[SIGNAL_LOST], 0);
}

static gboolean
on_stalled (gpointer user_data)
{
  CapCaller *self = user_data;

  self->stall_timeout = 0;
  self->stalled = TRUE;
  return G_SOURCE_REMOVE;
}

/* public methods */

CapCaller *
cap_caller_new (GDBusConnection *connection,
                const char *bus_name,
                const char *process,
                const char *app_id,
                const CapCallerLimits *limits)
{
  CapCaller *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (bus_name != NULL, NULL);
  g_return_val_if_fail (process != NULL, NULL);
  g_return_val_if_fail (limits != NULL, NULL);
  g_return_val_if_fail (limits->max_opens >= 1 && limits->max_opens <= MAX_OPENS, NULL);

  self = g_object_new (CAP_TYPE_CALLER, NULL);
  self->connection = g_object_ref (connection);
  self->bus_name = g_strdup (bus_name);
  self->process = g_strdup (process);
  self->app_id = g_strdup (app_id);
  self->limits = *limits;

  return self;
}

const char *
cap_caller_get_bus_name (CapCaller *self)
{
  g_return_val_if_fail (CAP_IS_CALLER (self), NULL);

  return self->bus_name;
}

const char *
cap_caller_get_process (CapCaller *self)
{
  g_return_val_if_fail (CAP_IS_CALLER (self), NULL);

  return self->process;
}

const char *
cap_caller_get_app_id (CapCaller *self)
{
  g_return_val_if_fail (CAP_IS_CALLER (self), NULL);

  return self->app_id;
}

gboolean
cap_caller_admit (CapCaller *self, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  guint i;

  g_return_val_if_fail (CAP_IS_CALLER (self), FALSE);

  i = self->next_open;
  if (now - self->opens[i] < OPENS_WINDOW)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                   "The program opened more than %u streams within a minute. Wait a moment, and keep a "
                   "stream open instead of opening it again.",
                   self->limits.max_opens);
      return FALSE;
    }
  self->opens[i] = now;
  self->next_open = (i + 1) % self->limits.max_opens;

  if (self->n_holds >= self->limits.max_holds)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                   "The program already holds %u streams. Close one of them first.", self->n_holds);
      return FALSE;
    }

  return TRUE;
}

void
cap_caller_add_hold (CapCaller *self)
{
  g_return_if_fail (CAP_IS_CALLER (self));

  self->n_holds++;
}

void
cap_caller_remove_holds (CapCaller *self, guint n)
{
  g_return_if_fail (CAP_IS_CALLER (self));
  g_return_if_fail (n <= self->n_holds);

  self->n_holds -= n;
}

gboolean
cap_caller_may_send (CapCaller *self)
{
  gint64 now = g_get_monotonic_time ();

  g_return_val_if_fail (CAP_IS_CALLER (self), FALSE);

  if (!self->pinging && now >= self->last_ping + (gint64) self->limits.ping_interval_ms * 1000)
    ping (self, now);

  return !self->stalled;
}
