/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/logind.h"
#include "base/weak.h"
#include "bus/logind-session.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>

/* The answers that the owner knows from ::changed. */
typedef enum
{
  TOLD_ANSWERED = 1 << 0,
  TOLD_ASLEEP = 1 << 1,
  TOLD_LOCKED = 1 << 2,
} Told;

/* struct */

struct _CapLogind
{
  GObject parent_instance;

  GDBusConnection *bus; /* NULL until it is connected */
  guint watch;
  char *owner;          /* logind's unique name; NULL while there is none */
  GCancellable *calls;  /* for the connection, then for calls to this owner */
  guint sleep_signals;  /* 0 while there is no owner */
  CapLogindSession *session; /* NULL while there is no owner */

  gboolean answered;
  gboolean asleep;
  gboolean locked;      /* as the last owner reported */

  int lock;             /* delays sleep while it is open; -1: none */
  gboolean locking;     /* the call for the lock is under way */
  gboolean ready;       /* to sleep: takes no lock until the computer has woken up */

  Told told;
};

/* signals */

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void let_go (CapLogind *self);

G_DEFINE_FINAL_TYPE (CapLogind, cap_logind, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_logind_init (CapLogind *self)
{
  self->lock = -1;
}

static void
cap_logind_dispose (GObject *object)
{
  CapLogind *self = CAP_LOGIND (object);

  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  let_go (self);
  if (self->bus != NULL)
    g_dbus_connection_close (self->bus, NULL, NULL, NULL);
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (cap_logind_parent_class)->dispose (object);
}

static void
cap_logind_class_init (CapLogindClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_logind_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_LOGIND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

/* private methods */

static void
tell (CapLogind *self)
{
  Told now = (self->answered ? TOLD_ANSWERED : 0) | (self->asleep ? TOLD_ASLEEP : 0)
             | (self->locked ? TOLD_LOCKED : 0);

  if (now == self->told)
    return;

  self->told = now;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* the lock that delays sleep */

static void
drop_lock (CapLogind *self)
{
  g_autoptr (GError) error = NULL;

  if (self->lock >= 0 && !g_close (self->lock, &error))
    g_debug ("logind: %s", error->message);
  self->lock = -1;
}

static void
on_lock (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapLogind) self = cap_weak_take (user_data);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (bus), &fds, result, &error);
  int index;

  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->locking = FALSE;
  if (reply != NULL && fds != NULL && !self->ready)
    {
      g_variant_get (reply, "(h)", &index);
      self->lock = g_unix_fd_list_get (fds, index, &error);
    }
  if (error != NULL)
    g_info ("logind does not delay sleep: %s", error->message);
}

static void
take_lock (CapLogind *self)
{
  if (self->owner == NULL || self->lock >= 0 || self->locking || self->ready)
    return;

  self->locking = TRUE;
  g_dbus_connection_call_with_unix_fd_list (
    self->bus, self->owner, CAP_LOGIND_PATH, CAP_LOGIND_MANAGER, "Inhibit",
    g_variant_new ("(ssss)", "sleep", "captiond", "Captions of the last words are not finished", "delay"),
    G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, self->calls, on_lock, cap_weak_new (self));
}

static void
set_asleep (CapLogind *self, gboolean asleep)
{
  self->asleep = asleep;
  if (!asleep)
    {
      self->ready = FALSE;
      take_lock (self);
    }
  tell (self);
}

/* callbacks */

static void
on_prepare_for_sleep (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                      const char *member, GVariant *arguments, gpointer user_data)
{
  gboolean asleep;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(b)")))
    return;

  g_variant_get (arguments, "(b)", &asleep);
  set_asleep (user_data, asleep);
}

static void
on_preparing (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapLogind) self = cap_weak_take (user_data);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, NULL);
  g_autoptr (GVariant) preparing = NULL;

  if (self == NULL || reply == NULL)
    return;

  g_variant_get (reply, "(v)", &preparing);
  if (g_variant_is_of_type (preparing, G_VARIANT_TYPE_BOOLEAN))
    set_asleep (self, g_variant_get_boolean (preparing));
}

static void
on_session_changed (CapLogindSession *session, gpointer user_data)
{
  CapLogind *self = user_data;

  if (!cap_logind_session_has_answered (self->session))
    return;

  self->answered = TRUE;
  self->locked = cap_logind_session_is_locked (self->session);
  tell (self);
}

/* Subscriptions use the unique name, so that no other process on the bus can
 * send these signals. */
static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  CapLogind *self = user_data;

  self->owner = g_strdup (owner);
  self->calls = g_cancellable_new ();
  self->sleep_signals = g_dbus_connection_signal_subscribe (
    bus, owner, CAP_LOGIND_MANAGER, "PrepareForSleep", CAP_LOGIND_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
    on_prepare_for_sleep, self, NULL);
  take_lock (self);
  g_dbus_connection_call (bus, owner, CAP_LOGIND_PATH, CAP_PROPERTIES_INTERFACE, "Get",
                          g_variant_new ("(ss)", CAP_LOGIND_MANAGER, "PreparingForSleep"),
                          G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, self->calls, on_preparing,
                          cap_weak_new (self));
  self->session = cap_logind_session_new (bus, owner);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_DEFAULT);
}

/* Forgets this owner of the name: calls, signals and answers. */
static void
let_go (CapLogind *self)
{
  if (self->calls != NULL)
    g_cancellable_cancel (self->calls);
  g_clear_object (&self->calls);
  if (self->sleep_signals != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->sleep_signals);
  self->sleep_signals = 0;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->owner, g_free);
  drop_lock (self);
  self->locking = FALSE;
  self->ready = FALSE;
  self->asleep = FALSE;
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  CapLogind *self = user_data;

  let_go (self);
  self->answered = TRUE;
  tell (self);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapLogind) self = cap_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_dbus_connection_new_for_address_finish (result, &error);

  if (self == NULL)
    return;

  g_clear_object (&self->calls);
  if (bus == NULL)
    {
      g_debug ("There is no system bus: %s", error->message);
      self->answered = TRUE;
      tell (self);
      return;
    }
  self->bus = g_steal_pointer (&bus);
  self->watch = g_bus_watch_name_on_connection (self->bus, CAP_LOGIND_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                on_appeared, on_vanished, self, NULL);
}

/* public methods */

/* This is not the connection that g_bus_get() shares, because that one would stay
 * open. */
CapLogind *
cap_logind_new (void)
{
  CapLogind *self = g_object_new (CAP_TYPE_LOGIND, NULL);
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);

  self->calls = g_cancellable_new ();
  g_dbus_connection_new_for_address (address != NULL ? address : "",
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                       | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, self->calls, on_bus, cap_weak_new (self));
  return self;
}

gboolean
cap_logind_has_answered (CapLogind *self)
{
  g_return_val_if_fail (CAP_IS_LOGIND (self), FALSE);

  return self->answered;
}

gboolean
cap_logind_is_asleep (CapLogind *self)
{
  g_return_val_if_fail (CAP_IS_LOGIND (self), FALSE);

  return self->asleep;
}

gboolean
cap_logind_is_locked (CapLogind *self)
{
  g_return_val_if_fail (CAP_IS_LOGIND (self), FALSE);

  return self->locked;
}

void
cap_logind_ready_to_sleep (CapLogind *self)
{
  g_return_if_fail (CAP_IS_LOGIND (self));

  if (!self->asleep)
    return;

  self->ready = TRUE;
  drop_lock (self);
}
