/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/service.h"
#include "base/options.h"
#include "bus/callers.h"
#include "bus/defaults.h"
#include "bus/service-diagnosis.h"
#include "bus/service-models.h"
#include "bus/service-providers.h"
#include "bus/stream-pool.h"
#include "dbus/error.h"
#include "dbus/names.h"
#include "sound/source-watch.h"

#define MAX_DIAGNOSES 4

/* A permission is the setting that lists the applications in a sandbox that have it. */
#define MAY_LISTEN "allowed-apps"
#define MAY_MANAGE "managing-apps"

/* struct */

struct _CapService
{
  CapDBusCaptions1Skeleton parent_instance;

  GSettings *settings;
  CapProviders *providers;
  CapCredentials *credentials;
  CapEngines *engines;
  CapServiceProviders *provider_methods;
  CapServiceModels *model_methods;
  CapCallers *callers;
  CapStreamPool *pool;
  CapSourceWatch *sources;

  GPtrArray *diagnoses;   /* of CapServiceDiagnosis */
  guint64 last_diagnosis; /* the N of the newest path */

  guint idle_seconds;
  guint idle_timeout; /* 0 while there is a stream */
};

/* A call whose caller is being identified, or that waits for its answer. */
typedef struct
{
  CapService *service;
  GDBusMethodInvocation *invocation;
  const char *permission; /* MAY_LISTEN or MAY_MANAGE */
  GVariant *options;      /* or NULL */
  void (*proceed) (CapService *self, CapCaller *caller, GVariant *options,
                   GDBusMethodInvocation *invocation);
} Call;

/* signals */

enum
{
  SIGNAL_IDLE,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* type */

static void cap_service_iface_init (CapDBusCaptions1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CapService, cap_service, CAP_DBUS_TYPE_CAPTIONS1_SKELETON,
                               G_IMPLEMENT_INTERFACE (CAP_DBUS_TYPE_CAPTIONS1, cap_service_iface_init))

/* lifecycle */

static void
cap_service_init (CapService *self)
{
  self->diagnoses = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources = cap_source_watch_new ();
  g_signal_connect_object (self->sources, "changed", G_CALLBACK (cap_dbus_captions1_emit_sources_changed),
                           self, G_CONNECT_SWAPPED);
}

static void
cap_service_dispose (GObject *object)
{
  CapService *self = CAP_SERVICE (object);

  g_clear_handle_id (&self->idle_timeout, g_source_remove);
  g_clear_object (&self->pool);
  g_clear_object (&self->sources);
  g_clear_object (&self->callers);
  g_ptr_array_set_size (self->diagnoses, 0);
  g_clear_object (&self->provider_methods);
  g_clear_object (&self->model_methods);
  g_clear_object (&self->providers);
  g_clear_object (&self->credentials);
  if (self->engines != NULL)
    cap_engines_flush (self->engines);
  g_clear_object (&self->engines);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (cap_service_parent_class)->dispose (object);
}

static void
cap_service_finalize (GObject *object)
{
  g_ptr_array_unref (CAP_SERVICE (object)->diagnoses);

  G_OBJECT_CLASS (cap_service_parent_class)->finalize (object);
}

static void
cap_service_class_init (CapServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_service_finalize;

  signals[SIGNAL_IDLE] = g_signal_new ("idle", CAP_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", CAP_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 0);
}

/* private: being idle */

static gboolean
on_idle_timeout (gpointer user_data)
{
  CapService *self = user_data;

  if (cap_service_providers_is_busy (self->provider_methods)
      || cap_service_models_is_busy (self->model_methods) || self->diagnoses->len > 0)
    return G_SOURCE_CONTINUE;

  self->idle_timeout = 0;
  g_signal_emit (self, signals[SIGNAL_IDLE], 0);
  return G_SOURCE_REMOVE;
}

/* Every call, and every open stream, postpones the end of the service. */
static void
postpone_idle (CapService *self)
{
  g_clear_handle_id (&self->idle_timeout, g_source_remove);
  if (cap_stream_pool_is_empty (self->pool))
    self->idle_timeout = g_timeout_add_seconds (self->idle_seconds, on_idle_timeout, self);
}

/* private: callers */

static gboolean
is_allowed (CapService *self, CapCaller *caller, const char *permission, GError **error)
{
  const char *app_id = cap_caller_get_app_id (caller);

  if (app_id == NULL || cap_defaults_allow_app (self->settings, permission, app_id))
    return TRUE;

  g_set_error (error, CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
               "The application %s runs in a sandbox, and is not allowed to %s. To allow it, add it to this "
               "list: gsettings get org.captiond %s",
               app_id, g_str_equal (permission, MAY_LISTEN) ? "use captions" : "change settings",
               permission);
  return FALSE;
}

/* These settings would lead out of the sandbox: captiond runs the token command, reads the
 * file and connects to the address with the rights of the user. */
static gboolean
stays_in_sandbox (CapCaller *caller, GVariant *settings, GError **error)
{
  const char *const keys[] = { "url", "token-command", "ca-file", "allow-plain" };

  for (guint i = 0; cap_caller_get_app_id (caller) != NULL && i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (settings, keys[i], NULL);

      if (value != NULL)
        {
          g_set_error (error, CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
                       "%s: an application in a sandbox cannot set this. Set it outside the sandbox with: "
                       "captionctl provider", keys[i]);
          return FALSE;
        }
    }

  return TRUE;
}

static void
call_free (Call *call)
{
  g_object_unref (call->service);
  g_clear_pointer (&call->options, g_variant_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static Call *
call_new (CapService *self, GDBusMethodInvocation *invocation)
{
  Call *call = g_new0 (Call, 1);

  call->service = g_object_ref (self);
  call->invocation = invocation;
  return call;
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CapCaller) caller = cap_callers_identify_finish (CAP_CALLERS (source), result, &error);

  if (caller == NULL || !is_allowed (call->service, caller, call->permission, &error))
    g_dbus_method_invocation_return_gerror (call->invocation, error);
  else
    call->proceed (call->service, caller, call->options, call->invocation);
}

/* Identifies the caller, and calls @proceed if the caller has the permission. */
static void
identify_and (CapService *self,
              const char *permission,
              void (*proceed) (CapService *, CapCaller *, GVariant *, GDBusMethodInvocation *),
              GVariant *options,
              GDBusMethodInvocation *invocation)
{
  Call *call = call_new (self, invocation);

  call->options = options != NULL ? g_variant_ref (options) : NULL;
  call->permission = permission;
  call->proceed = proceed;
  postpone_idle (self);
  cap_callers_identify_async (self->callers, g_dbus_method_invocation_get_sender (invocation),
                              on_identified, call);
}

/* private: OpenStream */

static gboolean
get_flag (GVariant *options, const char *key, gboolean fallback)
{
  gboolean value = fallback;

  g_variant_lookup (options, key, "b", &value);
  return value;
}

static void
proceed_open (CapService *self, CapCaller *caller, GVariant *options, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;
  CapServiceStream *stream = NULL;

  if (cap_caller_admit (caller, &error))
    stream = cap_stream_pool_open (self->pool, options, &error);
  if (stream == NULL
      || !cap_service_stream_hold (stream, caller, get_flag (options, "partials", TRUE),
                                   get_flag (options, "levels", FALSE), &error))
    {
      g_dbus_method_invocation_return_gerror (invocation, error);
      return;
    }

  cap_dbus_captions1_complete_open_stream (
    CAP_DBUS_CAPTIONS1 (self), invocation,
    g_dbus_interface_skeleton_get_object_path (G_DBUS_INTERFACE_SKELETON (stream)));
}

/* private: ListSources, ListEngines, defaults */

static void
on_sources (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) list = cap_source_watch_get_finish (CAP_SOURCE_WATCH (source), result, &error);

  if (list == NULL)
    g_dbus_method_invocation_return_gerror (call->invocation, error);
  else
    cap_dbus_captions1_complete_list_sources (CAP_DBUS_CAPTIONS1 (call->service), call->invocation,
                                              list);
}

static void
proceed_list_sources (CapService *self, CapCaller *caller, GVariant *options,
                      GDBusMethodInvocation *invocation)
{
  g_autoptr (CapAudioGraph) graph = cap_stream_pool_ref_graph (self->pool);

  cap_source_watch_get_async (self->sources, graph, on_sources, call_new (self, invocation));
}

static void
on_engines (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) list = cap_engines_list_finish (CAP_ENGINES (source), result, &error);

  if (list == NULL)
    g_dbus_method_invocation_return_gerror (call->invocation, error);
  else
    cap_dbus_captions1_complete_list_engines (CAP_DBUS_CAPTIONS1 (call->service), call->invocation,
                                              list);
}

static void
proceed_list_engines (CapService *self, CapCaller *caller, GVariant *options,
                      GDBusMethodInvocation *invocation)
{
  cap_engines_list_async (self->engines, on_engines, call_new (self, invocation));
}

static void
proceed_get_defaults (CapService *self, CapCaller *caller, GVariant *options,
                      GDBusMethodInvocation *invocation)
{
  cap_dbus_captions1_complete_get_defaults (CAP_DBUS_CAPTIONS1 (self), invocation,
                                            cap_defaults_get_all (self->settings));
}

static void
proceed_set_defaults (CapService *self, CapCaller *caller, GVariant *defaults,
                      GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;

  if (!cap_defaults_set (self->settings, self->engines, defaults, &error))
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    cap_dbus_captions1_complete_set_defaults (CAP_DBUS_CAPTIONS1 (self), invocation);
}

/* private: models */

static void
proceed_model (CapService *self, CapCaller *caller, GVariant *options, GDBusMethodInvocation *invocation)
{
  cap_service_models_handle (self->model_methods, invocation);
}

/* The service begins to be idle when the last job ends. */
static void
on_models_changed (CapModels *models, gpointer user_data)
{
  postpone_idle (user_data);
}

/* private: providers and diagnoses */

static void
proceed_provider (CapService *self, CapCaller *caller, GVariant *options, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;

  if (options != NULL && !stays_in_sandbox (caller, options, &error))
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    cap_service_providers_handle (self->provider_methods, invocation);
}

static void
on_diagnosed (CapServiceDiagnosis *diagnosis, gpointer user_data)
{
  CapService *self = user_data;

  g_ptr_array_remove (self->diagnoses, diagnosis);
  postpone_idle (self);
}

static CapServiceDiagnosis *
create_local_diagnosis (CapService *self, GDBusMethodInvocation *invocation, const char *id, const char *path,
                        GError **error)
{
  g_autoptr (CapLocalDiagnosis) local = cap_engines_diagnose_local (self->engines, id, error);

  if (local == NULL)
    return NULL;

  return cap_service_diagnosis_new_local (g_dbus_method_invocation_get_connection (invocation), path,
                                          g_dbus_method_invocation_get_sender (invocation), local, error);
}

static CapServiceDiagnosis *
create_diagnosis (CapService *self, GDBusMethodInvocation *invocation, GError **error)
{
  g_autofree char *path = g_strdup_printf (CAP_DIAGNOSIS_PATH_PREFIX "%" G_GUINT64_FORMAT,
                                           ++self->last_diagnosis);
  g_autoptr (CapProvider) provider = NULL;
  g_autoptr (GVariant) options = NULL;
  gboolean local;
  const char *id;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&s@a{sv})", &id, &options);
  local = cap_engines_is_local (self->engines, id);
  provider = local ? NULL : cap_providers_get (self->providers, id);
  if (!local && provider == NULL)
    g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
                 "There is no provider “%s”. List the providers with: captionctl provider list", id);
  else if (self->diagnoses->len >= MAX_DIAGNOSES)
    g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                 "%d diagnoses are already running. Wait until one of them ends.", MAX_DIAGNOSES);
  else if (local)
    return create_local_diagnosis (self, invocation, id, path, error);
  else
    return cap_service_diagnosis_new (g_dbus_method_invocation_get_connection (invocation), path,
                                      g_dbus_method_invocation_get_sender (invocation), provider,
                                      self->providers, self->credentials,
                                      get_flag (options, "apply", FALSE), error);

  return NULL;
}

static void
proceed_diagnose (CapService *self, CapCaller *caller, GVariant *options, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;
  CapServiceDiagnosis *diagnosis = create_diagnosis (self, invocation, &error);

  if (diagnosis == NULL)
    {
      g_dbus_method_invocation_return_gerror (invocation, error);
      return;
    }

  g_ptr_array_add (self->diagnoses, diagnosis);
  g_signal_connect_object (diagnosis, "finished", G_CALLBACK (on_diagnosed), self, G_CONNECT_DEFAULT);
  cap_dbus_captions1_complete_diagnose (CAP_DBUS_CAPTIONS1 (self), invocation,
                                        cap_service_diagnosis_get_path (diagnosis));
  cap_service_diagnosis_start (diagnosis);
}

/* callbacks */

static void
on_caller_gone (CapCallers *callers, CapCaller *caller, gpointer user_data)
{
  CapService *self = user_data;

  cap_stream_pool_drop_caller (self->pool, cap_caller_get_bus_name (caller), NULL);
}

static void
on_caller_lost (CapCallers *callers, CapCaller *caller, gpointer user_data)
{
  CapService *self = user_data;

  cap_stream_pool_drop_caller (self->pool, cap_caller_get_bus_name (caller),
                               CAP_ERROR_PREFIX "LimitExceeded");
}

static void
on_pool_changed (CapStreamPool *pool, gpointer user_data)
{
  postpone_idle (user_data);
}

/* The bus must have the last texts before the process ends. */
static void
on_pool_closed (CapStreamPool *pool, gpointer user_data)
{
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (user_data);

  g_dbus_connection_flush_sync (g_dbus_interface_skeleton_get_connection (skeleton), NULL, NULL);
  g_signal_emit (user_data, signals[SIGNAL_FINISHED], 0);
}

/* callbacks: D-Bus methods */

static gboolean
handle_open_stream (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, GVariant *options)
{
  static const CapOption open_options[] = {
    { "source", G_VARIANT_TYPE_STRING, cap_source_check_option },
    { "engine", G_VARIANT_TYPE_STRING },
    { "language", G_VARIANT_TYPE_STRING, cap_option_is_language },
    { "translate-to", G_VARIANT_TYPE_STRING, cap_option_is_no_translation },
    { "partials", G_VARIANT_TYPE_BOOLEAN },
    { "levels", G_VARIANT_TYPE_BOOLEAN },
    { "stream", G_VARIANT_TYPE_OBJECT_PATH },
  };
  g_autoptr (GError) error = NULL;

  if (!cap_options_check (options, open_options, G_N_ELEMENTS (open_options), &error))
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    identify_and (CAP_SERVICE (object), MAY_LISTEN, proceed_open, options, invocation);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_list_sources (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation)
{
  identify_and (CAP_SERVICE (object), MAY_LISTEN, proceed_list_sources, NULL, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_list_engines (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation)
{
  identify_and (CAP_SERVICE (object), MAY_LISTEN, proceed_list_engines, NULL, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_get_defaults (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation)
{
  identify_and (CAP_SERVICE (object), MAY_LISTEN, proceed_get_defaults, NULL, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_set_defaults (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, GVariant *defaults)
{
  identify_and (CAP_SERVICE (object), MAY_MANAGE, proceed_set_defaults, defaults, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* cap_service_providers_handle() reads the arguments from the invocation once the
 * caller is identified. */
static gboolean
handle_provider (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, const char *id)
{
  identify_and (CAP_SERVICE (object), MAY_MANAGE, proceed_provider, NULL, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_set_provider (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, const char *id,
                     GVariant *settings)
{
  identify_and (CAP_SERVICE (object), MAY_MANAGE, proceed_provider, settings, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_set_key (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, const char *id, GVariant *key)
{
  return handle_provider (object, invocation, id);
}

static gboolean
handle_diagnose (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, const char *id,
                 GVariant *options)
{
  static const CapOption diagnose_options[] = { { "apply", G_VARIANT_TYPE_BOOLEAN } };
  g_autoptr (GError) error = NULL;

  if (!cap_options_check (options, diagnose_options, G_N_ELEMENTS (diagnose_options), &error))
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    identify_and (CAP_SERVICE (object), MAY_MANAGE, proceed_diagnose, NULL, invocation);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* cap_service_models_handle() checks the options once the caller is identified. */
static gboolean
handle_model (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, const char *id)
{
  identify_and (CAP_SERVICE (object), MAY_MANAGE, proceed_model, NULL, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_model_with (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, const char *id,
                   GVariant *options)
{
  return handle_model (object, invocation, id);
}

static gboolean
handle_list_models (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, GVariant *options)
{
  identify_and (CAP_SERVICE (object), MAY_LISTEN, proceed_model, NULL, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
cap_service_iface_init (CapDBusCaptions1Iface *iface)
{
  iface->handle_open_stream = handle_open_stream;
  iface->handle_diagnose = handle_diagnose;
  iface->handle_list_sources = handle_list_sources;
  iface->handle_list_engines = handle_list_engines;
  iface->handle_get_defaults = handle_get_defaults;
  iface->handle_set_defaults = handle_set_defaults;
  iface->handle_set_provider = handle_set_provider;
  iface->handle_remove_provider = handle_provider;
  iface->handle_set_key = handle_set_key;
  iface->handle_clear_key = handle_provider;
  iface->handle_list_models = handle_list_models;
  iface->handle_install_model = handle_model_with;
  iface->handle_remove_model = handle_model;
}

/* public methods */

CapService *
cap_service_new (GDBusConnection *connection, GSettings *settings, CapProviders *providers,
                 CapCredentials *credentials, CapModels *models, guint idle_seconds, GError **error)
{
  g_autoptr (CapService) self = NULL;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CAP_IS_PROVIDERS (providers), NULL);
  g_return_val_if_fail (CAP_IS_CREDENTIALS (credentials), NULL);
  g_return_val_if_fail (CAP_IS_MODELS (models), NULL);
  g_return_val_if_fail (idle_seconds >= 1, NULL);

  self = g_object_new (CAP_TYPE_SERVICE, "version", CAPTIOND_VERSION, NULL);
  self->settings = g_object_ref (settings);
  self->providers = g_object_ref (providers);
  self->credentials = g_object_ref (credentials);
  self->engines = cap_engines_new (settings, providers, credentials, models, NULL);
  g_signal_connect_object (self->engines, "changed", G_CALLBACK (cap_dbus_captions1_emit_engines_changed), self,
                           G_CONNECT_SWAPPED);
  self->provider_methods = cap_service_providers_new (CAP_DBUS_CAPTIONS1 (self), settings, providers,
                                                      credentials);
  self->model_methods = cap_service_models_new (CAP_DBUS_CAPTIONS1 (self), models);
  self->idle_seconds = idle_seconds;
  self->callers = cap_callers_new (connection, &(CapCallerLimits) CAP_CALLER_LIMITS);
  g_signal_connect_object (self->callers, "gone", G_CALLBACK (on_caller_gone), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (self->callers, "lost", G_CALLBACK (on_caller_lost), self, G_CONNECT_DEFAULT);

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self), connection, CAP_OBJECT_PATH,
                                         error))
    return NULL;
  self->pool = cap_stream_pool_new (connection, settings, self->engines);
  g_signal_connect_object (self->pool, "changed", G_CALLBACK (on_pool_changed), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (self->pool, "closed", G_CALLBACK (on_pool_closed), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (models, "changed", G_CALLBACK (on_models_changed), self, G_CONNECT_DEFAULT);
  postpone_idle (self);

  return g_steal_pointer (&self);
}

void
cap_service_finish (CapService *self)
{
  g_return_if_fail (CAP_IS_SERVICE (self));

  cap_stream_pool_close (self->pool);
}
