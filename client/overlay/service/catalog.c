/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/catalog.h"
#include "dbus/names.h"
#include "overlay/service/service-calls.h"
#include "overlay/text/sentence.h"

struct _CapCatalog
{
  GObject parent_instance;

  GDBusConnection *connection;
  GCancellable *cancellable;
  guint engines_id, sources_id; /* D-Bus signal subscriptions */
  guint watch_id;

  gboolean sources_watched;
  gboolean sources_asked; /* a call of ListSources is pending */
  gboolean sources_stale; /* they have changed since that call */

  GVariant *defaults, *engines, *sources;
  char *problem, *sources_problem;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_APPLIED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapCatalog, cap_catalog, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_catalog_dispose (GObject *object)
{
  cap_catalog_close (CAP_CATALOG (object));

  G_OBJECT_CLASS (cap_catalog_parent_class)->dispose (object);
}

static void
cap_catalog_finalize (GObject *object)
{
  CapCatalog *self = CAP_CATALOG (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->defaults, g_variant_unref);
  g_clear_pointer (&self->engines, g_variant_unref);
  g_clear_pointer (&self->sources, g_variant_unref);
  g_free (self->problem);
  g_free (self->sources_problem);

  G_OBJECT_CLASS (cap_catalog_parent_class)->finalize (object);
}

static void
cap_catalog_class_init (CapCatalogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cap_catalog_dispose;
  object_class->finalize = cap_catalog_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_APPLIED] = g_signal_new ("applied", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_VARIANT);
}

static void
cap_catalog_init (CapCatalog *self)
{
  self->cancellable = g_cancellable_new ();
}

/* private */

static void
tell (CapCatalog *self, const char *what)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], g_quark_from_string (what));
}

static void
set_problem (CapCatalog *self, const char *message)
{
  g_autofree char *sentence = message != NULL ? cap_sentence_new (message) : NULL;

  if (g_strcmp0 (sentence, self->problem) == 0)
    return;

  g_free (self->problem);
  self->problem = g_steal_pointer (&sentence);
  tell (self, "problem");
}

static void
replace (GVariant **place, GVariant *value)
{
  g_clear_pointer (place, g_variant_unref);
  *place = value;
}

/* FALSE once the catalog is closed. */
static gboolean
is_wanted (CapCatalog *self)
{
  return !g_cancellable_is_cancelled (self->cancellable);
}

static void
on_defaults (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapCatalog) self = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *defaults = cap_service_calls_get_finish (G_DBUS_CONNECTION (source), result, &error);

  if (defaults != NULL)
    replace (&self->defaults, defaults);
  if (!is_wanted (self))
    return;

  set_problem (self, error != NULL ? error->message : NULL);
  tell (self, "defaults");
}

static void
on_engines (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapCatalog) self = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *engines = cap_service_calls_get_finish (G_DBUS_CONNECTION (source), result, &error);

  if (engines != NULL)
    replace (&self->engines, engines);
  if (!is_wanted (self))
    return;

  /* The error of GetDefaults takes precedence. */
  if (error != NULL && self->problem == NULL)
    set_problem (self, error->message);
  tell (self, "engines");
}

static void
on_sources (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapCatalog) self = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *sources = cap_service_calls_get_finish (G_DBUS_CONNECTION (source), result, &error);

  if (sources != NULL || error != NULL)
    replace (&self->sources, sources);
  if (!is_wanted (self))
    return;

  g_clear_pointer (&self->sources_problem, g_free);
  if (error != NULL)
    self->sources_problem = cap_sentence_new (error->message);
  tell (self, "sources");

  self->sources_asked = FALSE;
  if (self->sources_stale)
    cap_catalog_refresh_sources (self);
}

static void
get (CapCatalog *self, const char *method, GAsyncReadyCallback callback)
{
  if (is_wanted (self))
    cap_service_calls_get (self->connection, method, self->cancellable, callback, g_object_ref (self));
}

/* Changes that the service accepted apply before the defaults are read again. */
static void
merge (CapCatalog *self, GVariant *changes)
{
  g_auto (GVariantDict) defaults = G_VARIANT_DICT_INIT (self->defaults);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, changes);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_dict_insert_value (&defaults, key, value);

  replace (&self->defaults, g_variant_ref_sink (g_variant_dict_end (&defaults)));
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CapCatalog *self = g_task_get_source_object (task);
  GVariant *changes = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cap_service_calls_set_finish (G_DBUS_CONNECTION (source), result, &error))
    g_task_return_error (task, error);
  else
    {
      merge (self, changes);
      g_signal_emit (self, signals[SIGNAL_APPLIED], 0, changes);
      g_task_return_boolean (task, TRUE);
    }

  get (self, "GetDefaults", on_defaults);
}

/* callbacks */

static void
on_engines_changed (GDBusConnection *connection, const char *sender, const char *path,
                    const char *interface, const char *signal, GVariant *arguments, gpointer user_data)
{
  CapCatalog *self = user_data;

  cap_catalog_refresh (self);
}

static void
on_sources_changed (GDBusConnection *connection, const char *sender, const char *path,
                    const char *interface, const char *signal, GVariant *arguments, gpointer user_data)
{
  CapCatalog *self = user_data;

  cap_catalog_refresh_sources (self);
}

/* The service has started after an earlier failure. */
static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  CapCatalog *self = user_data;

  if (self->problem != NULL)
    cap_catalog_refresh (self);
  if (self->sources_problem != NULL)
    cap_catalog_refresh_sources (self);
}

static void
unsubscribe (CapCatalog *self, guint *id)
{
  if (*id != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, *id);
  *id = 0;
}

/* public */

CapCatalog *
cap_catalog_new (GDBusConnection *connection)
{
  CapCatalog *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  self = g_object_new (CAP_TYPE_CATALOG, NULL);
  self->connection = g_object_ref (connection);
  self->engines_id = g_dbus_connection_signal_subscribe (
      connection, CAP_BUS_NAME, CAP_INTERFACE, "EnginesChanged", CAP_OBJECT_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_engines_changed, self, NULL);
  self->sources_id = g_dbus_connection_signal_subscribe (
      connection, CAP_BUS_NAME, CAP_INTERFACE, "SourcesChanged", CAP_OBJECT_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_sources_changed, self, NULL);
  self->watch_id = g_bus_watch_name_on_connection (connection, CAP_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   on_appeared, NULL, self, NULL);
  return self;
}

void
cap_catalog_close (CapCatalog *self)
{
  g_return_if_fail (CAP_IS_CATALOG (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  unsubscribe (self, &self->engines_id);
  unsubscribe (self, &self->sources_id);
}

void
cap_catalog_refresh (CapCatalog *self)
{
  g_return_if_fail (CAP_IS_CATALOG (self));

  get (self, "GetDefaults", on_defaults);
  get (self, "ListEngines", on_engines);
}

void
cap_catalog_watch_sources (CapCatalog *self)
{
  g_return_if_fail (CAP_IS_CATALOG (self));

  self->sources_watched = TRUE;
  cap_catalog_refresh_sources (self);
}

void
cap_catalog_unwatch_sources (CapCatalog *self)
{
  g_return_if_fail (CAP_IS_CATALOG (self));

  self->sources_watched = FALSE;
}

void
cap_catalog_refresh_sources (CapCatalog *self)
{
  g_return_if_fail (CAP_IS_CATALOG (self));

  /* However often the sources change during a call, one more call follows. */
  self->sources_stale = self->sources_asked;
  if (!self->sources_watched || self->sources_asked || !is_wanted (self))
    return;

  self->sources_asked = TRUE;
  get (self, "ListSources", on_sources);
}

GVariant *
cap_catalog_get_defaults (CapCatalog *self)
{
  g_return_val_if_fail (CAP_IS_CATALOG (self), NULL);

  return self->defaults;
}

GVariant *
cap_catalog_get_engines (CapCatalog *self)
{
  g_return_val_if_fail (CAP_IS_CATALOG (self), NULL);

  return self->engines;
}

GVariant *
cap_catalog_get_sources (CapCatalog *self)
{
  g_return_val_if_fail (CAP_IS_CATALOG (self), NULL);

  return self->sources;
}

const char *
cap_catalog_get_default (CapCatalog *self, const char *key)
{
  const char *value = "";

  g_return_val_if_fail (CAP_IS_CATALOG (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  if (self->defaults != NULL)
    g_variant_lookup (self->defaults, key, "&s", &value);

  return value;
}

const char *
cap_catalog_get_problem (CapCatalog *self)
{
  g_return_val_if_fail (CAP_IS_CATALOG (self), NULL);

  return self->problem;
}

const char *
cap_catalog_get_sources_problem (CapCatalog *self)
{
  g_return_val_if_fail (CAP_IS_CATALOG (self), NULL);

  return self->sources_problem;
}

GDBusConnection *
cap_catalog_get_connection (CapCatalog *self)
{
  g_return_val_if_fail (CAP_IS_CATALOG (self), NULL);

  return self->connection;
}

GCancellable *
cap_catalog_get_cancellable (CapCatalog *self)
{
  g_return_val_if_fail (CAP_IS_CATALOG (self), NULL);

  return self->cancellable;
}

void
cap_catalog_set_defaults (CapCatalog *self,
                          GVariant *changes,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task;
  GVariant *owned = g_variant_ref_sink (changes);

  g_return_if_fail (CAP_IS_CATALOG (self));

  task = g_task_new (self, NULL, callback, user_data);
  /* Closing the catalog does not cancel this call: the service must get what the
   * user chose, even if the window closes at once. */
  g_task_set_task_data (task, owned, (GDestroyNotify) g_variant_unref);
  cap_service_calls_set (self->connection, "SetDefaults", g_variant_new ("(@a{sv})", owned), NULL,
                         on_set, task);
}

gboolean
cap_catalog_set_defaults_finish (CapCatalog *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CAP_IS_CATALOG (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
