/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/service-diagnosis.h"
#include "dbus/captions-dbus.h"
#include "dbus/error.h"
#include "dbus/names.h"
#include "realtime/diagnosis.h"

/* struct */

struct _CapServiceDiagnosis
{
  GObject parent_instance;

  GDBusConnection *connection;
  CapDBusCaptions1Diagnosis *skeleton;
  CapDiagnosis *diagnosis;  /* of a provider's service, or NULL */
  CapLocalDiagnosis *local; /* of a recogniser, or NULL */
  CapProviders *providers;  /* NULL for a recogniser, as is the next one */
  char *provider;
  char *path;
  char *caller;
  guint watch;
  gboolean apply;
};

/* signals */

enum
{
  SIGNAL_FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean handle_cancel (CapDBusCaptions1Diagnosis *skeleton, GDBusMethodInvocation *invocation,
                               gpointer user_data);

G_DEFINE_FINAL_TYPE (CapServiceDiagnosis, cap_service_diagnosis, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_service_diagnosis_init (CapServiceDiagnosis *self)
{
  self->skeleton = cap_dbus_captions1_diagnosis_skeleton_new ();
  g_signal_connect_object (self->skeleton, "handle-cancel", G_CALLBACK (handle_cancel), self,
                           G_CONNECT_DEFAULT);
}

static void
cap_service_diagnosis_dispose (GObject *object)
{
  CapServiceDiagnosis *self = CAP_SERVICE_DIAGNOSIS (object);

  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->skeleton != NULL
      && g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (self->skeleton)) != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_clear_object (&self->skeleton);
  g_clear_object (&self->diagnosis);
  g_clear_object (&self->local);
  g_clear_object (&self->providers);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (cap_service_diagnosis_parent_class)->dispose (object);
}

static void
cap_service_diagnosis_finalize (GObject *object)
{
  CapServiceDiagnosis *self = CAP_SERVICE_DIAGNOSIS (object);

  g_free (self->provider);
  g_free (self->path);
  g_free (self->caller);

  G_OBJECT_CLASS (cap_service_diagnosis_parent_class)->finalize (object);
}

static void
cap_service_diagnosis_class_init (CapServiceDiagnosisClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_service_diagnosis_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_service_diagnosis_finalize;

  signals[SIGNAL_FINISHED] = g_signal_new ("finished", CAP_TYPE_SERVICE_DIAGNOSIS, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

/* private methods */

static void
tell (CapServiceDiagnosis *self, const char *signal, GVariant *arguments)
{
  g_dbus_connection_emit_signal (self->connection, self->caller, self->path, CAP_DIAGNOSIS_INTERFACE,
                                 signal, arguments, NULL);
}

/* Stores the settings of the door that works, and adds the result to the
 * details. If the settings cannot be stored, that error replaces the advice. */
static GVariant *
apply (CapServiceDiagnosis *self, GVariant *details)
{
  GVariantDict dict;
  g_autoptr (GVariant) settings = g_variant_lookup_value (details, "settings", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GError) error = NULL;
  gboolean applied = self->apply && settings != NULL
                     && cap_providers_set (self->providers, self->provider, settings, &error);

  g_variant_dict_init (&dict, details);
  g_variant_dict_insert (&dict, "applied", "b", applied);
  if (error != NULL)
    g_variant_dict_insert (&dict, "message", "s", error->message);
  return g_variant_dict_end (&dict);
}

static void
cancel (CapServiceDiagnosis *self)
{
  if (self->local != NULL)
    cap_local_diagnosis_cancel (self->local);
  else
    cap_diagnosis_cancel (self->diagnosis);
}

/* callbacks */

static void
on_row (gpointer diagnosis, GVariant *row, gpointer user_data)
{
  CapServiceDiagnosis *self = user_data;

  tell (self, "Row", g_variant_new ("(@a{sv})", row));
}

static void
on_done (gpointer diagnosis, const char *verdict, GVariant *details, gpointer user_data)
{
  CapServiceDiagnosis *self = user_data;
  g_autoptr (CapServiceDiagnosis) kept = g_object_ref (self);

  tell (self, "Done", g_variant_new ("(s@a{sv})", verdict, apply (self, details)));
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
}

static gboolean
handle_cancel (CapDBusCaptions1Diagnosis *skeleton, GDBusMethodInvocation *invocation, gpointer user_data)
{
  CapServiceDiagnosis *self = user_data;

  if (!g_str_equal (g_dbus_method_invocation_get_sender (invocation), self->caller))
    {
      g_dbus_method_invocation_return_error_literal (invocation, CAP_ERROR, CAP_ERROR_NOT_HOLDER,
                                                     "Only the program that started a diagnosis can cancel it.");
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  cap_dbus_captions1_diagnosis_complete_cancel (self->skeleton, invocation);
  cancel (self);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_caller_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  CapServiceDiagnosis *self = user_data;

  cancel (self);
}

/* Puts the object at @path. @source: the object whose rows it passes on. */
static gboolean
serve (CapServiceDiagnosis *self, GDBusConnection *connection, const char *path, const char *caller,
       gpointer source, GError **error)
{
  self->connection = g_object_ref (connection);
  self->path = g_strdup (path);
  self->caller = g_strdup (caller);
  g_signal_connect_object (source, "row", G_CALLBACK (on_row), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (source, "done", G_CALLBACK (on_done), self, G_CONNECT_DEFAULT);
  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection, path,
                                           error);
}

/* public methods */

CapServiceDiagnosis *
cap_service_diagnosis_new (GDBusConnection *connection,
                           const char *path,
                           const char *caller,
                           CapProvider *provider,
                           CapProviders *providers,
                           CapCredentials *credentials,
                           gboolean apply_door,
                           GError **error)
{
  g_autoptr (CapServiceDiagnosis) self = NULL;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (path != NULL && g_variant_is_object_path (path), NULL);
  g_return_val_if_fail (caller != NULL, NULL);
  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (CAP_IS_PROVIDERS (providers), NULL);
  g_return_val_if_fail (CAP_IS_CREDENTIALS (credentials), NULL);

  self = g_object_new (CAP_TYPE_SERVICE_DIAGNOSIS, NULL);
  self->provider = g_strdup (provider->id);
  self->providers = g_object_ref (providers);
  self->apply = apply_door;
  self->diagnosis = cap_diagnosis_new (provider, credentials);
  if (!serve (self, connection, path, caller, self->diagnosis, error))
    return NULL;

  return g_steal_pointer (&self);
}

CapServiceDiagnosis *
cap_service_diagnosis_new_local (GDBusConnection *connection,
                                 const char *path,
                                 const char *caller,
                                 CapLocalDiagnosis *local,
                                 GError **error)
{
  g_autoptr (CapServiceDiagnosis) self = NULL;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (path != NULL && g_variant_is_object_path (path), NULL);
  g_return_val_if_fail (caller != NULL, NULL);
  g_return_val_if_fail (CAP_IS_LOCAL_DIAGNOSIS (local), NULL);

  self = g_object_new (CAP_TYPE_SERVICE_DIAGNOSIS, NULL);
  self->local = g_object_ref (local);
  if (!serve (self, connection, path, caller, local, error))
    return NULL;

  return g_steal_pointer (&self);
}

const char *
cap_service_diagnosis_get_path (CapServiceDiagnosis *self)
{
  g_return_val_if_fail (CAP_IS_SERVICE_DIAGNOSIS (self), NULL);

  return self->path;
}

void
cap_service_diagnosis_start (CapServiceDiagnosis *self)
{
  g_return_if_fail (CAP_IS_SERVICE_DIAGNOSIS (self));

  self->watch = g_bus_watch_name_on_connection (self->connection, self->caller,
                                                G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                on_caller_vanished, self, NULL);
  if (self->local != NULL)
    cap_local_diagnosis_start (self->local);
  else
    cap_diagnosis_start (self->diagnosis);
}
