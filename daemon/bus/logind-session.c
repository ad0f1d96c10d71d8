/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/logind-session.h"
#include "base/weak.h"

#include <unistd.h>

#define SESSION_INTERFACE CAP_LOGIND_NAME ".Session"
#define USER_INTERFACE CAP_LOGIND_NAME ".User"

/* Where the session of the user may be found, the best first. */
typedef enum
{
  FIND_BY_ID,
  FIND_BY_USER,
  FIND_BY_PROCESS,
  FIND_NOWHERE,
} Place;

/* struct */

struct _CapLogindSession
{
  GObject parent_instance;

  GDBusConnection *bus;
  char *owner; /* logind's unique name */

  guint new_signals; /* of sessions that come */
  guint removed_signals;
  guint user_signals;    /* 0 until the user is known */
  guint session_signals; /* 0 while there is no session */

  GCancellable *search; /* NULL while it is not searched for */
  Place place;          /* to look next */
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

G_DEFINE_FINAL_TYPE (CapLogindSession, cap_logind_session, G_TYPE_OBJECT)

/* private methods */

static void find_next (CapLogindSession *self);

static void
cancel_search (CapLogindSession *self)
{
  if (self->search != NULL)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
}

static void
unsubscribe (CapLogindSession *self, guint *id)
{
  if (*id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, *id);
  *id = 0;
}

/* By its unique name: what others on the bus send is not from logind. */
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
  g_dbus_connection_call (self->bus, self->owner, path, interface, method, arguments,
                          G_VARIANT_TYPE (reply), G_DBUS_CALL_FLAGS_NONE, -1, self->search, callback,
                          cap_weak_new (self));
}

/* NULL: it failed. @outdated: whoever asked does not want to know any more. */
static GVariant *
finish_call (GObject *bus, GAsyncResult *result, gboolean *outdated)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  *outdated = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (reply == NULL && !*outdated)
    g_debug ("logind: %s", error->message);
  return reply;
}

/* the session */

/* Also with what a signal says of some of them. */
static void
take_properties (CapLogindSession *self, GVariant *properties)
{
  g_variant_lookup (properties, "LockedHint", "b", &self->locked_hint);
  g_variant_lookup (properties, "Active", "b", &self->active);
}

/* systemd's own for user services cannot be locked, and one that is being
 * closed only waits for its last process: neither is what the user sees. */
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

static void
end_search (CapLogindSession *self)
{
  g_clear_object (&self->search);
  self->answered = TRUE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_session (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (CapLogindSession) self = cap_weak_take (data);
  gboolean outdated;
  g_autoptr (GVariant) reply = finish_call (bus, result, &outdated);
  g_autoptr (GVariant) properties = NULL;

  if (self == NULL || outdated)
    return;

  if (reply != NULL)
    properties = g_variant_get_child_value (reply, 0);
  if (properties == NULL || !is_of_user (properties))
    {
      find_next (self);
      return;
    }

  self->locked_hint = FALSE;
  self->active = TRUE;
  take_properties (self, properties);
  end_search (self);
}

static void
start_search (CapLogindSession *self)
{
  cancel_search (self);
  self->search = g_cancellable_new ();
  self->place = FIND_BY_ID;
  find_next (self);
}

static void
on_session_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                   const char *member, GVariant *arguments, gpointer data)
{
  CapLogindSession *self = data;
  g_autoptr (GVariant) changed = NULL;
  g_autofree const char **invalidated = NULL;

  /* The answer that is on its way is newer. */
  if (self->search != NULL || !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  g_variant_get (arguments, "(&s@a{sv}^a&s)", NULL, &changed, &invalidated);
  take_properties (self, changed);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (g_strv_contains (invalidated, "LockedHint") || g_strv_contains (invalidated, "Active"))
    start_search (self);
}

static void
try_session (CapLogindSession *self, const char *path)
{
  /* First: what changes after the answer must be heard. */
  unsubscribe (self, &self->session_signals);
  self->session_signals = subscribe (self, path, CAP_PROPERTIES_INTERFACE, "PropertiesChanged",
                                     SESSION_INTERFACE, on_session_signal);
  call (self, path, CAP_PROPERTIES_INTERFACE, "GetAll", g_variant_new ("(s)", SESSION_INTERFACE), "(a{sv})",
        on_session);
}

static void
on_session_path (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (CapLogindSession) self = cap_weak_take (data);
  gboolean outdated;
  g_autoptr (GVariant) reply = finish_call (bus, result, &outdated);
  const char *path;

  if (self == NULL || outdated)
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
on_display (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (CapLogindSession) self = cap_weak_take (data);
  gboolean outdated;
  g_autoptr (GVariant) reply = finish_call (bus, result, &outdated);
  g_autoptr (GVariant) display = NULL;
  const char *path = "/";

  if (self == NULL || outdated)
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
on_user_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                const char *member, GVariant *arguments, gpointer data)
{
  g_autoptr (GVariant) changed = NULL;
  g_autoptr (GVariant) display = NULL;
  g_autofree const char **invalidated = NULL;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  g_variant_get (arguments, "(&s@a{sv}^a&s)", NULL, &changed, &invalidated);
  display = g_variant_lookup_value (changed, "Display", NULL);
  if (display != NULL || g_strv_contains (invalidated, "Display"))
    start_search (data);
}

static void
on_user_path (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (CapLogindSession) self = cap_weak_take (data);
  gboolean outdated;
  g_autoptr (GVariant) reply = finish_call (bus, result, &outdated);
  const char *path;

  if (self == NULL || outdated)
    return;

  if (reply == NULL)
    {
      find_next (self);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  unsubscribe (self, &self->user_signals);
  self->user_signals = subscribe (self, path, CAP_PROPERTIES_INTERFACE, "PropertiesChanged",
                                  USER_INTERFACE, on_user_signal);
  call (self, path, CAP_PROPERTIES_INTERFACE, "Get", g_variant_new ("(ss)", USER_INTERFACE, "Display"), "(v)",
        on_display);
}

/* A service of the user is in no session, or in one of systemd's: so the
 * process comes last. */
static void
find_next (CapLogindSession *self)
{
  const char *id = g_getenv ("XDG_SESSION_ID");

  if (self->place == FIND_BY_ID && (id == NULL || !g_utf8_validate (id, -1, NULL)))
    self->place = FIND_BY_USER;

  switch (self->place++)
    {
    case FIND_BY_ID:
      call (self, CAP_LOGIND_PATH, CAP_LOGIND_MANAGER, "GetSession", g_variant_new ("(s)", id), "(o)",
            on_session_path);
      break;
    case FIND_BY_USER:
      call (self, CAP_LOGIND_PATH, CAP_LOGIND_MANAGER, "GetUser", g_variant_new ("(u)", (guint32) getuid ()),
            "(o)", on_user_path);
      break;
    case FIND_BY_PROCESS:
      call (self, CAP_LOGIND_PATH, CAP_LOGIND_MANAGER, "GetSessionByPID", g_variant_new ("(u)", (guint32) 0),
            "(o)", on_session_path);
      break;
    default:
      /* That nobody answered does not mean that nothing is locked. */
      if (g_dbus_connection_is_closed (self->bus))
        return;
      unsubscribe (self, &self->session_signals);
      self->locked_hint = FALSE;
      self->active = TRUE;
      end_search (self);
    }
}

/* callbacks */

static void
on_sessions_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                     const char *member, GVariant *arguments, gpointer data)
{
  start_search (data);
}

/* lifecycle */

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
cap_logind_session_init (CapLogindSession *self)
{
  self->active = TRUE;
}

static void
cap_logind_session_class_init (CapLogindSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_logind_session_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_LOGIND_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

/* public methods */

CapLogindSession *
cap_logind_session_new (GDBusConnection *bus, const char *owner)
{
  CapLogindSession *self = g_object_new (CAP_TYPE_LOGIND_SESSION, NULL);

  self->bus = g_object_ref (bus);
  self->owner = g_strdup (owner);
  self->new_signals = subscribe (self, CAP_LOGIND_PATH, CAP_LOGIND_MANAGER, "SessionNew", NULL,
                                 on_sessions_changed);
  self->removed_signals = subscribe (self, CAP_LOGIND_PATH, CAP_LOGIND_MANAGER, "SessionRemoved", NULL,
                                     on_sessions_changed);
  start_search (self);
  return self;
}

gboolean
cap_logind_session_has_answered (CapLogindSession *self)
{
  g_assert (CAP_IS_LOGIND_SESSION (self));

  return self->answered;
}

gboolean
cap_logind_session_is_locked (CapLogindSession *self)
{
  g_assert (CAP_IS_LOGIND_SESSION (self));

  return self->locked_hint || !self->active;
}
