/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/service.h"
#include "base/options.h"
#include "bus/callers.h"
#include "bus/defaults.h"
#include "bus/hold-policy.h"
#include "bus/service-diagnosis.h"
#include "bus/service-providers.h"
#include "bus/service-stream.h"
#include "dbus/error.h"
#include "dbus/names.h"
#include "sound/source-watch.h"

#define MAX_STREAMS 32
#define MAX_DIAGNOSES 4
#define CLOSE_WAIT_MS 2000

/* struct */

struct _CapService
{
  CapDBusCaptions1Skeleton parent_instance;

  GSettings *settings;
  CapEngines *engines;
  CapServiceProviders *provider_methods;
  CapProviders *providers;
  CapCredentials *credentials;
  GPtrArray *diagnoses; /* of CapServiceDiagnosis */
  guint64 last_diagnosis;
  CapCallers *callers;
  GDBusObjectManagerServer *manager;
  GPtrArray *streams;   /* of CapServiceStream */
  guint64 last_stream;  /* the N of the newest path */
  CapHoldPolicy *holds;

  CapAudioGraph *graph; /* weak: streams and the source list keep it alive */
  CapSourceWatch *sources;

  guint idle_seconds;
  guint idle_timeout;
  gboolean finishing;
};

/* A call whose caller is being identified, or that waits for its answer. */
typedef struct
{
  CapService *service;
  GDBusMethodInvocation *invocation;
  GVariant *options; /* or NULL */
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

static void cap_service_iface_init (CapDBusCaptions1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CapService, cap_service, CAP_DBUS_TYPE_CAPTIONS1_SKELETON,
                               G_IMPLEMENT_INTERFACE (CAP_DBUS_TYPE_CAPTIONS1, cap_service_iface_init))

/* options */

static const CapOption open_options[] = {
  { "source", G_VARIANT_TYPE_STRING, cap_source_check_option },
  { "engine", G_VARIANT_TYPE_STRING },
  { "language", G_VARIANT_TYPE_STRING, cap_option_is_language },
  { "translate-to", G_VARIANT_TYPE_STRING, cap_option_is_no_translation },
  { "partials", G_VARIANT_TYPE_BOOLEAN },
  { "levels", G_VARIANT_TYPE_BOOLEAN },
  { "stream", G_VARIANT_TYPE_OBJECT_PATH },
};

static gboolean
get_flag (GVariant *options, const char *key, gboolean fallback)
{
  gboolean value = fallback;

  g_variant_lookup (options, key, "b", &value);
  return value;
}

/* being idle */

static gboolean
on_idle_timeout (gpointer data)
{
  CapService *self = data;

  if (cap_service_providers_is_busy (self->provider_methods) || self->diagnoses->len > 0)
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
  if (self->streams->len == 0)
    self->idle_timeout = g_timeout_add_seconds (self->idle_seconds, on_idle_timeout, self);
}

/* streams */

static CapAudioGraph *
get_graph (CapService *self)
{
  if (self->graph != NULL)
    return g_object_ref (self->graph);

  self->graph = cap_audio_graph_new ();
  g_object_add_weak_pointer (G_OBJECT (self->graph), (gpointer *) &self->graph);
  return self->graph;
}

static const char *
speaker_of (const CapSource *source)
{
  switch (source->kind)
    {
    case CAP_SOURCE_SYSTEM:
    case CAP_SOURCE_OUTPUT:
      return "system";
    case CAP_SOURCE_MICROPHONE:
    case CAP_SOURCE_INPUT:
      return "microphone";
    default:
      return NULL;
    }
}

static void
on_released (CapService *self, CapServiceStream *stream)
{
  g_autofree char *path =
    g_strdup (g_dbus_interface_skeleton_get_object_path (G_DBUS_INTERFACE_SKELETON (stream)));
  g_autoptr (CapServiceStream) kept = g_object_ref (stream);

  cap_stream_close (cap_service_stream_get_stream (stream), 0);
  cap_hold_policy_remove (self->holds, cap_service_stream_get_stream (stream));
  g_dbus_object_manager_server_unexport (self->manager, path);
  g_ptr_array_remove (self->streams, stream);
  postpone_idle (self);
}

static void
check_finished (CapService *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      CapServiceStream *stream = g_ptr_array_index (self->streams, i);

      if (cap_stream_get_state (cap_service_stream_get_stream (stream)) != CAP_STREAM_CLOSED)
        return;
    }

  if (!self->finishing)
    return;

  /* The bus must have the last texts before the process ends. */
  g_dbus_connection_flush_sync (
    g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (self)), NULL, NULL);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
}

static CapServiceStream *
find_stream (CapService *self, const CapStreamKey *key)
{
  for (guint i = 0; i < self->streams->len; i++)
    if (cap_service_stream_matches (g_ptr_array_index (self->streams, i), key))
      return g_ptr_array_index (self->streams, i);

  return NULL;
}

static CapServiceStream *
find_stream_at (CapService *self, const char *path)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      GDBusInterfaceSkeleton *stream = g_ptr_array_index (self->streams, i);

      if (g_str_equal (g_dbus_interface_skeleton_get_object_path (stream), path))
        return CAP_SERVICE_STREAM (stream);
    }

  return NULL;
}

static void
export_stream (CapService *self, CapServiceStream *stream)
{
  g_autofree char *path = g_strdup_printf (CAP_STREAM_PATH_PREFIX "%" G_GUINT64_FORMAT,
                                           ++self->last_stream);
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (stream));
  g_dbus_object_manager_server_export (self->manager, object);
}

static CapServiceStream *
create_stream (CapService *self, const CapStreamKey *key, GError **error)
{
  g_autoptr (CapSource) source = NULL;
  g_autoptr (CapAudioGraph) graph = NULL;
  g_autoptr (CapCapture) capture = NULL;
  g_autoptr (CapEngine) engine = NULL;
  g_autoptr (CapStream) stream = NULL;
  g_autoptr (GError) held = NULL;
  CapServiceStream *exported;

  if (self->streams->len >= MAX_STREAMS)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                   "%d streams are already open. Close one of them first, or join one.", MAX_STREAMS);
      return NULL;
    }
  if (*key->translate_to != '\0')
    {
      g_set_error_literal (error, CAP_ERROR, CAP_ERROR_LANGUAGE_NOT_SUPPORTED,
                           "translate-to: no engine of this version can translate; reset this setting");
      return NULL;
    }
  if ((source = cap_source_parse (key->source, error)) == NULL)
    {
      g_prefix_error (error, "source: ");
      return NULL;
    }
  if (!cap_engines_check (self->engines, key->engine, key->language, error))
    return NULL;

  graph = get_graph (self);
  capture = cap_capture_new (graph, source);
  engine = cap_engines_create (self->engines, key->engine, key->language);
  held = cap_hold_policy_check (self->holds, source->kind);
  stream = cap_stream_new (capture, engine, speaker_of (source),
                           g_settings_get_uint (self->settings, "audio-kept-seconds"), held);
  cap_hold_policy_add (self->holds, stream, source->kind);
  exported = cap_service_stream_new (stream, key);
  g_ptr_array_add (self->streams, exported);
  export_stream (self, exported);
  g_signal_connect_object (exported, "released", G_CALLBACK (on_released), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (stream, "changed", G_CALLBACK (check_finished), self, G_CONNECT_SWAPPED);
  postpone_idle (self);

  return exported;
}

static CapServiceStream *
share_stream (CapService *self, GVariant *options, GError **error)
{
  g_autofree char *source = cap_defaults_get_string (self->settings, options, "source");
  g_autofree char *engine = cap_defaults_get_string (self->settings, options, "engine");
  g_autofree char *language = cap_defaults_get_string (self->settings, options, "language");
  g_autofree char *translate_to = cap_defaults_get_string (self->settings, options, "translate-to");
  CapStreamKey key = { source, engine, language, translate_to };
  CapServiceStream *stream = find_stream (self, &key);

  return stream != NULL ? stream : create_stream (self, &key, error);
}

static CapServiceStream *
join_stream (CapService *self, const char *path, GVariant *options, GError **error)
{
  static const char *const sharing[] = { "source", "engine", "language", "translate-to" };
  CapServiceStream *stream = find_stream_at (self, path);

  for (gsize i = 0; i < G_N_ELEMENTS (sharing); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (options, sharing[i], NULL);

      if (value != NULL)
        {
          g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
                       "%s: cannot be combined with stream", sharing[i]);
          return NULL;
        }
    }
  if (stream == NULL)
    g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
                         "stream: this stream does not exist, or it has ended");

  return stream;
}

/* callers */

static gboolean
is_allowed (CapService *self, CapCaller *caller, GError **error)
{
  const char *app_id = cap_caller_get_app_id (caller);

  if (app_id == NULL || cap_defaults_allow_app (self->settings, app_id))
    return TRUE;

  g_set_error (error, CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
               "The application %s runs in a sandbox, and is not allowed to use captions. To allow it, add "
               "it to this list: gsettings get org.captiond allowed-apps",
               app_id);
  return FALSE;
}

static void
call_free (Call *call)
{
  g_object_unref (call->service);
  g_clear_pointer (&call->options, g_variant_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
on_identified (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CapCaller) caller = cap_callers_identify_finish (CAP_CALLERS (source), result, &error);

  if (caller == NULL || !is_allowed (call->service, caller, &error))
    g_dbus_method_invocation_return_gerror (call->invocation, error);
  else
    call->proceed (call->service, caller, call->options, call->invocation);
}

/* Identifies the caller, and calls @proceed if the caller is allowed. */
static void
identify_and (CapService *self,
              void (*proceed) (CapService *, CapCaller *, GVariant *, GDBusMethodInvocation *),
              GVariant *options,
              GDBusMethodInvocation *invocation)
{
  Call *call = g_new0 (Call, 1);

  call->service = g_object_ref (self);
  call->invocation = invocation;
  call->options = options != NULL ? g_variant_ref (options) : NULL;
  call->proceed = proceed;
  postpone_idle (self);
  cap_callers_identify_async (self->callers, g_dbus_method_invocation_get_sender (invocation),
                              on_identified, call);
}

static void
on_caller_gone (CapService *self, CapCaller *caller)
{
  for (guint i = self->streams->len; i > 0; i--)
    cap_service_stream_drop (g_ptr_array_index (self->streams, i - 1),
                             cap_caller_get_bus_name (caller), NULL);
}

static void
on_caller_lost (CapService *self, CapCaller *caller)
{
  for (guint i = self->streams->len; i > 0; i--)
    cap_service_stream_drop (g_ptr_array_index (self->streams, i - 1),
                             cap_caller_get_bus_name (caller), CAP_ERROR_PREFIX "LimitExceeded");
}

/* D-Bus methods */

static void
proceed_open (CapService *self, CapCaller *caller, GVariant *options, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;
  const char *path = NULL;
  CapServiceStream *stream = NULL;

  if (self->finishing)
    g_set_error_literal (&error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                         "captiond is shutting down. Try again in a moment.");
  else if (cap_caller_admit (caller, &error))
    {
      if (g_variant_lookup (options, "stream", "&o", &path))
        stream = join_stream (self, path, options, &error);
      else
        stream = share_stream (self, options, &error);
    }
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

static gboolean
handle_open_stream (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, GVariant *options)
{
  g_autoptr (GError) error = NULL;

  if (!cap_options_check (options, open_options, G_N_ELEMENTS (open_options), &error))
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    identify_and (CAP_SERVICE (object), proceed_open, options, invocation);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_sources (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
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
  g_autoptr (CapAudioGraph) graph = get_graph (self);
  Call *call = g_new0 (Call, 1);

  call->service = g_object_ref (self);
  call->invocation = invocation;
  cap_source_watch_get_async (self->sources, graph, on_sources, call);
}

static gboolean
handle_list_sources (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation)
{
  identify_and (CAP_SERVICE (object), proceed_list_sources, NULL, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_engines (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
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
  Call *call = g_new0 (Call, 1);

  call->service = g_object_ref (self);
  call->invocation = invocation;
  cap_engines_list_async (self->engines, on_engines, call);
}

static gboolean
handle_list_engines (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation)
{
  identify_and (CAP_SERVICE (object), proceed_list_engines, NULL, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_get_defaults (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation)
{
  CapService *self = CAP_SERVICE (object);

  postpone_idle (self);
  cap_dbus_captions1_complete_get_defaults (object, invocation, cap_defaults_get_all (self->settings));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
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

static gboolean
handle_set_defaults (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, GVariant *defaults)
{
  identify_and (CAP_SERVICE (object), proceed_set_defaults, defaults, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
proceed_provider (CapService *self, CapCaller *caller, GVariant *options, GDBusMethodInvocation *invocation)
{
  cap_service_providers_handle (self->provider_methods, invocation);
}

/* cap_service_providers_handle() reads the arguments from the invocation once the
 * caller is identified. */
static gboolean
handle_provider (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, const char *id)
{
  identify_and (CAP_SERVICE (object), proceed_provider, NULL, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_provider_with (CapDBusCaptions1 *object, GDBusMethodInvocation *invocation, const char *id,
                      GVariant *what)
{
  return handle_provider (object, invocation, id);
}

static void
on_diagnosed (CapService *self, CapServiceDiagnosis *diagnosis)
{
  g_ptr_array_remove (self->diagnoses, diagnosis);
  postpone_idle (self);
}

static CapServiceDiagnosis *
create_diagnosis (CapService *self, GDBusMethodInvocation *invocation, GError **error)
{
  g_autofree char *path = g_strdup_printf (CAP_DIAGNOSIS_PATH_PREFIX "%" G_GUINT64_FORMAT,
                                           ++self->last_diagnosis);
  g_autoptr (CapProvider) provider = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *id;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&s@a{sv})", &id, &options);
  provider = cap_providers_get (self->providers, id);
  if (provider == NULL)
    g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
                 "There is no provider “%s”. List the providers with: captionctl provider list", id);
  else if (self->diagnoses->len >= MAX_DIAGNOSES)
    g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                 "%d diagnoses are already running. Wait until one of them ends.", MAX_DIAGNOSES);
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
  g_signal_connect_object (diagnosis, "finished", G_CALLBACK (on_diagnosed), self, G_CONNECT_SWAPPED);
  cap_dbus_captions1_complete_diagnose (CAP_DBUS_CAPTIONS1 (self), invocation,
                                        cap_service_diagnosis_get_path (diagnosis));
  cap_service_diagnosis_start (diagnosis);
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
    identify_and (CAP_SERVICE (object), proceed_diagnose, NULL, invocation);

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
  iface->handle_set_provider = handle_provider_with;
  iface->handle_remove_provider = handle_provider;
  iface->handle_set_key = handle_provider_with;
  iface->handle_clear_key = handle_provider;
}

/* lifecycle */

static void
cap_service_dispose (GObject *object)
{
  CapService *self = CAP_SERVICE (object);

  g_clear_handle_id (&self->idle_timeout, g_source_remove);
  g_clear_pointer (&self->holds, cap_hold_policy_free);
  g_ptr_array_set_size (self->streams, 0);
  g_clear_object (&self->sources);
  g_clear_object (&self->manager);
  g_clear_object (&self->callers);
  g_ptr_array_set_size (self->diagnoses, 0);
  g_clear_object (&self->provider_methods);
  g_clear_object (&self->providers);
  g_clear_object (&self->credentials);
  g_clear_object (&self->engines);
  g_clear_object (&self->settings);
  g_clear_weak_pointer (&self->graph);

  G_OBJECT_CLASS (cap_service_parent_class)->dispose (object);
}

static void
cap_service_finalize (GObject *object)
{
  CapService *self = CAP_SERVICE (object);

  g_ptr_array_unref (self->streams);
  g_ptr_array_unref (self->diagnoses);

  G_OBJECT_CLASS (cap_service_parent_class)->finalize (object);
}

static void
cap_service_init (CapService *self)
{
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->diagnoses = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources = cap_source_watch_new ();
  g_signal_connect_object (self->sources, "changed",
                           G_CALLBACK (cap_dbus_captions1_emit_sources_changed), self,
                           G_CONNECT_SWAPPED);
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

/* public methods */

CapService *
cap_service_new (GDBusConnection *connection, GSettings *settings, CapProviders *providers,
                 CapCredentials *credentials, guint idle_seconds, GError **error)
{
  g_autoptr (CapService) self = g_object_new (CAP_TYPE_SERVICE, "version", CAPTIOND_VERSION, NULL);

  self->settings = g_object_ref (settings);
  self->holds = cap_hold_policy_new (settings);
  self->providers = g_object_ref (providers);
  self->credentials = g_object_ref (credentials);
  self->engines = cap_engines_new (settings, providers, credentials, NULL);
  self->provider_methods = cap_service_providers_new (CAP_DBUS_CAPTIONS1 (self), settings, providers,
                                                      credentials);
  self->idle_seconds = idle_seconds;
  self->callers = cap_callers_new (connection, &(CapCallerLimits) CAP_CALLER_LIMITS);
  g_signal_connect_object (self->callers, "gone", G_CALLBACK (on_caller_gone), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->callers, "lost", G_CALLBACK (on_caller_lost), self, G_CONNECT_SWAPPED);

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self), connection,
                                         CAP_OBJECT_PATH, error))
    return NULL;
  self->manager = g_dbus_object_manager_server_new (CAP_OBJECT_PATH);
  g_dbus_object_manager_server_set_connection (self->manager, connection);
  postpone_idle (self);

  return g_steal_pointer (&self);
}

void
cap_service_finish (CapService *self)
{
  self->finishing = TRUE;
  for (guint i = 0; i < self->streams->len; i++)
    cap_stream_close (cap_service_stream_get_stream (g_ptr_array_index (self->streams, i)),
                      CLOSE_WAIT_MS);
  check_finished (self);
}
