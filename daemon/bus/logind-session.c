/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/logind-session.h"
#include "base/weak.h"

#define SESSION_INTERFACE CAP_LOGIND_NAME ".Session"
#define USER_INTERFACE CAP_LOGIND_NAME ".User"

/* logind resolves this name: to the session of the caller, or for a user service,
 * which is in no session, to the display session of its user. */
#define OWN_SESSION "auto"
#define OWN_USER CAP_LOGIND_PATH "/user/self"

/* The sessions that the search tries, in this order. The caller's own session may
 * be one that nobody can lock; the display session is then what the user sees. */
typedef enum
{
  FIND_OWN,
  FIND_DISPLAY,
  FIND_NOWHERE,
} Place;

/* struct */

struct _CapLogindSession
{
  GObject parent_instance;

  GDBusConnection *bus;
  char *owner; /* logind's unique name */

  guint new_signals; /* of sessions */
  guint removed_signals;
  guint user_signals;
  guint session_signals; /* 0 while there is no session */

  GCancellable *search; /* NULL while no search is under way */
  Place place;          /* the next one that the search tries */
  gboolean unanswered;  /* a call of this search failed, but not because of absence */
  gboolean answered;
  gboolean locked_hint;
  gboolean active;
};

/* signals */

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void cancel_search (CapLogindSession *self);
static void unsubscribe (CapLogindSession *self, guint *id);

G_DEFINE_FINAL_TYPE (CapLogindSession, cap_logind_session, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_logind_session_init (CapLogindSession *self)
{
  self->active = TRUE;
}

static void
cap_logind_session_dispose (GObject *object)
{
  CapLogindSession *self = CAP_LOGIND_SESSION (object);

  cancel_search (self);
  unsubscribe (self, &self->new_signals);
  unsubscribe (self, &self->removed_signals);
  unsubscribe (self, &self->user_signals);
  unsubscribe (self, &self->session_signals);
  g_clear_object (&self->bus);
  g_clear_pointer (&self->owner, g_free);

  G_OBJECT_CLASS (cap_logind_session_parent_class)->dispose (object);
}

static void
cap_logind_session_class_init (CapLogindSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_logind_session_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_LOGIND_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

/* private: signals and calls */

static void
unsubscribe (CapLogindSession *self, guint *id)
{
  if (*id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, *id);
  *id = 0;
}

/* @path: NULL for all objects. The unique name of logind makes sure that no
 * other process on the bus can send these signals. */
static guint
subscribe (CapLogindSession *self, const char *path, const char *interface, const char *signal,
           const char *arg0, GDBusSignalCallback callback)
{
  return g_dbus_connection_signal_subscribe (self->bus, self->owner, interface, signal, path, arg0,
                                             G_DBUS_SIGNAL_FLAGS_NONE, callback, self, NULL);
}

static void
call (CapLogindSession *self, const char *path, const char *interface, const char *method,
      GVariant *arguments, const char *reply, GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->bus, self->owner, path, interface, method, arguments, G_VARIANT_TYPE (reply),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->search, callback, cap_weak_new (self));
}

/* Whether logind answered that there is no such session or user. */
static gboolean
is_absence (const GError *error)
{
  static const char *const names[] = {
    CAP_LOGIND_NAME ".NoSessionForPID", CAP_LOGIND_NAME ".NoSuchSession", CAP_LOGIND_NAME ".NoUserForPID",
    CAP_LOGIND_NAME ".NoSuchUser", "org.freedesktop.DBus.Error.UnknownObject",
    "org.freedesktop.DBus.Error.UnknownMethod", NULL
  };
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  return name != NULL && g_strv_contains (names, name);
}

/* NULL if the call failed, or @self is gone, or the search was cancelled: then
 * *@outdated is TRUE. */
static GVariant *
finish_call (CapLogindSession *self, GObject *bus, GAsyncResult *result, gboolean *outdated)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  *outdated = self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (reply == NULL && !*outdated)
    {
      g_debug ("logind: %s", error->message);
      self->unanswered |= !is_absence (error);
    }
  return reply;
}

/* private: the session */

/* @properties: all of them, or those that a signal contains. */
static void
take_properties (CapLogindSession *self, GVariant *properties)
{
  g_variant_lookup (properties, "LockedHint", "b", &self->locked_hint);
  g_variant_lookup (properties, "Active", "b", &self->active);
}

/* systemd's own sessions for user services cannot be locked, and a session that
 * is closing only waits for its last process: the user sees neither. */
static gboolean
is_of_user (GVariant *properties)
{
  const char *class = "";
  const char *state = "";

  g_variant_lookup (properties, "Class", "&s", &class);
  g_variant_lookup (properties, "State", "&s", &state);
  return !g_str_has_prefix (class, "manager") && !g_str_has_prefix (class, "background")
         && !g_str_equal (state, "closing");
}

/* private: the search */

static void
cancel_search (CapLogindSession *self)
{
  if (self->search != NULL)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
}

/* @properties: of the session, or NULL if there is none. */
static void
end_search (CapLogindSession *self, GVariant *properties)
{
  /* A bus that was closed does not mean that the session is unlocked. */
  if (properties == NULL && g_dbus_connection_is_closed (self->bus))
    return;

  /* Nor does a call that failed: what is known stays. */
  if (properties == NULL && self->unanswered && self->answered)
    {
      g_clear_object (&self->search);
      return;
    }

  self->locked_hint = FALSE;
  self->active = TRUE;
  if (properties != NULL)
    take_properties (self, properties);
  else
    unsubscribe (self, &self->session_signals);
  g_clear_object (&self->search);
  self->answered = TRUE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void find_next (CapLogindSession *self);

static void
on_properties (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapLogindSession) self = cap_weak_take (user_data);
  gboolean outdated;
  g_autoptr (GVariant) reply = finish_call (self, bus, result, &outdated);
  g_autoptr (GVariant) properties = NULL;

  if (outdated)
    return;

  if (reply != NULL)
    properties = g_variant_get_child_value (reply, 0);
  if (properties != NULL && is_of_user (properties))
    end_search (self, properties);
  else
    find_next (self);
}

static void on_session_changed (GDBusConnection *bus, const char *sender, const char *path,
                                const char *interface, const char *member, GVariant *arguments,
                                gpointer user_data);

static void
try_session (CapLogindSession *self, const char *path)
{
  /* The subscription comes first, so that no change after the answer is missed. */
  unsubscribe (self, &self->session_signals);
  self->session_signals = subscribe (self, path, CAP_PROPERTIES_INTERFACE, "PropertiesChanged",
                                     SESSION_INTERFACE, on_session_changed);
  call (self, path, CAP_PROPERTIES_INTERFACE, "GetAll", g_variant_new ("(s)", SESSION_INTERFACE), "(a{sv})",
        on_properties);
}

static void
on_session (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapLogindSession) self = cap_weak_take (user_data);
  gboolean outdated;
  g_autoptr (GVariant) reply = finish_call (self, bus, result, &outdated);
  const char *path;

  if (outdated)
    return;

  if (reply == NULL)
    {
      find_next (self);
      return;
    }

  g_variant_get (reply, "(&o)", &path);
  try_session (self, path);
}

static void
on_display (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapLogindSession) self = cap_weak_take (user_data);
  gboolean outdated;
  g_autoptr (GVariant) reply = finish_call (self, bus, result, &outdated);
  g_autoptr (GVariant) display = NULL;
  const char *path = "/";

  if (outdated)
    return;

  if (reply != NULL)
    g_variant_get (reply, "(v)", &display);
  if (display != NULL && g_variant_is_of_type (display, G_VARIANT_TYPE ("(so)")))
    g_variant_get (display, "(s&o)", NULL, &path);
  if (g_str_equal (path, "/"))
    find_next (self);
  else
    try_session (self, path);
}

static void
find_next (CapLogindSession *self)
{
  switch (self->place++)
    {
    case FIND_OWN:
      call (self, CAP_LOGIND_PATH, CAP_LOGIND_MANAGER, "GetSession",
            g_variant_new ("(s)", OWN_SESSION), "(o)", on_session);
      break;
    case FIND_DISPLAY:
      call (self, OWN_USER, CAP_PROPERTIES_INTERFACE, "Get",
            g_variant_new ("(ss)", USER_INTERFACE, "Display"), "(v)", on_display);
      break;
    case FIND_NOWHERE:
    default:
      end_search (self, NULL);
    }
}

static void
start_search (CapLogindSession *self)
{
  cancel_search (self);
  self->search = g_cancellable_new ();
  self->place = FIND_OWN;
  self->unanswered = FALSE;
  find_next (self);
}

/* callbacks */

static void
on_session_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                    const char *member, GVariant *arguments, gpointer user_data)
{
  CapLogindSession *self = user_data;
  g_autoptr (GVariant) changed = NULL;
  g_autofree const char **invalidated = NULL;

  /* A search that is under way brings newer values. */
  if (self->search != NULL || !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  g_variant_get (arguments, "(&s@a{sv}^a&s)", NULL, &changed, &invalidated);
  take_properties (self, changed);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (g_strv_contains (invalidated, "LockedHint") || g_strv_contains (invalidated, "Active"))
    start_search (self);
}

static void
on_user_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                 const char *member, GVariant *arguments, gpointer user_data)
{
  g_autoptr (GVariant) changed = NULL;
  g_autoptr (GVariant) display = NULL;
  g_autofree const char **invalidated = NULL;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  g_variant_get (arguments, "(&s@a{sv}^a&s)", NULL, &changed, &invalidated);
  display = g_variant_lookup_value (changed, "Display", NULL);
  if (display != NULL || g_strv_contains (invalidated, "Display"))
    start_search (user_data);
}

static void
on_sessions_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                     const char *member, GVariant *arguments, gpointer user_data)
{
  start_search (user_data);
}

/* public methods */

CapLogindSession *
cap_logind_session_new (GDBusConnection *bus, const char *owner)
{
  CapLogindSession *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (owner != NULL, NULL);

  self = g_object_new (CAP_TYPE_LOGIND_SESSION, NULL);
  self->bus = g_object_ref (bus);
  self->owner = g_strdup (owner);
  self->new_signals = subscribe (self, CAP_LOGIND_PATH, CAP_LOGIND_MANAGER, "SessionNew", NULL,
                                 on_sessions_changed);
  self->removed_signals = subscribe (self, CAP_LOGIND_PATH, CAP_LOGIND_MANAGER, "SessionRemoved", NULL,
                                     on_sessions_changed);
  self->user_signals = subscribe (self, NULL, CAP_PROPERTIES_INTERFACE, "PropertiesChanged", USER_INTERFACE,
                                  on_user_changed);
  start_search (self);
  return self;
}

gboolean
cap_logind_session_has_answered (CapLogindSession *self)
{
  g_return_val_if_fail (CAP_IS_LOGIND_SESSION (self), FALSE);

  return self->answered;
}

gboolean
cap_logind_session_is_locked (CapLogindSession *self)
{
  g_return_val_if_fail (CAP_IS_LOGIND_SESSION (self), FALSE);

  return self->locked_hint || !self->active;
}
