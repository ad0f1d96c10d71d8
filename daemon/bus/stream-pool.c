/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/stream-pool.h"
#include "bus/defaults.h"
#include "bus/capture-policy.h"
#include "dbus/error.h"
#include "dbus/names.h"

#define MAX_STREAMS 32
#define CLOSE_WAIT_MS 2000

typedef enum
{
  PHASE_OPEN,
  PHASE_CLOSING, /* after close(): no new streams */
  PHASE_CLOSED,  /* ::closed was emitted */
} Phase;

/* struct */

struct _CapStreamPool
{
  GObject parent_instance;

  GSettings *settings;
  CapEngines *engines;
  CapCapturePolicy *policy;
  GDBusObjectManagerServer *manager;

  GPtrArray *streams;   /* of CapServiceStream */
  guint64 last_stream;  /* the N of the newest path */
  CapAudioGraph *graph; /* weak */
  Phase phase;
};

/* signals */

enum
{
  SIGNAL_CHANGED,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapStreamPool, cap_stream_pool, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_stream_pool_init (CapStreamPool *self)
{
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
cap_stream_pool_dispose (GObject *object)
{
  CapStreamPool *self = CAP_STREAM_POOL (object);

  g_clear_pointer (&self->policy, cap_capture_policy_free);
  g_ptr_array_set_size (self->streams, 0);
  g_clear_object (&self->manager);
  g_clear_object (&self->engines);
  g_clear_object (&self->settings);
  g_clear_weak_pointer (&self->graph);

  G_OBJECT_CLASS (cap_stream_pool_parent_class)->dispose (object);
}

static void
cap_stream_pool_finalize (GObject *object)
{
  g_ptr_array_unref (CAP_STREAM_POOL (object)->streams);

  G_OBJECT_CLASS (cap_stream_pool_parent_class)->finalize (object);
}

static void
cap_stream_pool_class_init (CapStreamPoolClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_stream_pool_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_stream_pool_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_STREAM_POOL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", CAP_TYPE_STREAM_POOL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 0);
}

/* private: finding */

static CapServiceStream *
find_equal (CapStreamPool *self, const CapStreamKey *key)
{
  for (guint i = 0; i < self->streams->len; i++)
    if (cap_service_stream_matches (g_ptr_array_index (self->streams, i), key))
      return g_ptr_array_index (self->streams, i);

  return NULL;
}

static CapServiceStream *
find_at (CapStreamPool *self, const char *path)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      GDBusInterfaceSkeleton *stream = g_ptr_array_index (self->streams, i);

      if (g_str_equal (g_dbus_interface_skeleton_get_object_path (stream), path))
        return CAP_SERVICE_STREAM (stream);
    }

  return NULL;
}

static gboolean
is_every_stream_closed (CapStreamPool *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      CapServiceStream *stream = g_ptr_array_index (self->streams, i);

      if (cap_stream_get_state (cap_service_stream_get_stream (stream)) != CAP_STREAM_CLOSED)
        return FALSE;
    }

  return TRUE;
}

static void
check_closed (CapStreamPool *self)
{
  if (self->phase != PHASE_CLOSING || !is_every_stream_closed (self))
    return;

  self->phase = PHASE_CLOSED;
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

/* callbacks */

static void
on_released (CapServiceStream *stream, gpointer user_data)
{
  CapStreamPool *self = user_data;
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (stream);
  g_autofree char *path = g_strdup (g_dbus_interface_skeleton_get_object_path (skeleton));
  g_autoptr (CapServiceStream) kept = g_object_ref (stream);

  cap_stream_close (cap_service_stream_get_stream (stream), 0);
  cap_capture_policy_remove (self->policy, cap_service_stream_get_stream (stream));
  g_dbus_object_manager_server_unexport (self->manager, path);
  g_ptr_array_remove (self->streams, stream);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_stream_changed (CapStream *stream, gpointer user_data)
{
  check_closed (user_data);
}

/* private: creating */

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

static gboolean
check_room (CapStreamPool *self, GError **error)
{
  if (self->streams->len < MAX_STREAMS)
    return TRUE;

  g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
               "%d streams are already open. Close one of them first, or join one.", MAX_STREAMS);
  return FALSE;
}

/* Only the default can be another value: OpenStream refuses it as an option. */
static gboolean
check_translation (const CapStreamKey *key, GError **error)
{
  if (*key->translate_to == '\0')
    return TRUE;

  g_set_error_literal (error, CAP_ERROR, CAP_ERROR_LANGUAGE_NOT_SUPPORTED,
                       "translate-to: no engine of this version can translate; reset this setting");
  return FALSE;
}

static void
add_stream (CapStreamPool *self, CapServiceStream *stream)
{
  g_autofree char *path = g_strdup_printf (CAP_STREAM_PATH_PREFIX "%" G_GUINT64_FORMAT, ++self->last_stream);
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  g_ptr_array_add (self->streams, stream);
  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (stream));
  g_dbus_object_manager_server_export (self->manager, object);
  g_signal_connect_object (stream, "released", G_CALLBACK (on_released), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (cap_service_stream_get_stream (stream), "changed", G_CALLBACK (on_stream_changed),
                           self, G_CONNECT_DEFAULT);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static CapServiceStream *
create_stream (CapStreamPool *self, const CapStreamKey *key, GError **error)
{
  g_autoptr (CapSource) source = NULL;
  g_autoptr (CapAudioGraph) graph = NULL;
  g_autoptr (CapCapture) capture = NULL;
  g_autoptr (CapEngine) engine = NULL;
  g_autoptr (CapStream) stream = NULL;
  g_autoptr (GError) blocked = NULL;
  CapServiceStream *exported;

  if (!check_room (self, error) || !check_translation (key, error))
    return NULL;
  if ((source = cap_source_parse (key->source, error)) == NULL)
    {
      g_prefix_error (error, "source: ");
      return NULL;
    }
  if (!cap_engines_check (self->engines, key->engine, key->language, error))
    return NULL;

  graph = cap_stream_pool_ref_graph (self);
  capture = cap_capture_new (graph, source);
  engine = cap_engines_create (self->engines, key->engine, key->language);
  blocked = cap_capture_policy_check (self->policy, source->kind);
  stream = cap_stream_new (capture, engine, speaker_of (source),
                           g_settings_get_uint (self->settings, "audio-kept-seconds"), blocked);
  cap_capture_policy_add (self->policy, stream, source->kind);
  exported = cap_service_stream_new (stream, key);
  add_stream (self, exported);

  return exported;
}

static CapServiceStream *
share_stream (CapStreamPool *self, GVariant *options, GError **error)
{
  g_autofree char *source = cap_defaults_get_string (self->settings, options, "source");
  g_autofree char *engine = cap_defaults_get_string (self->settings, options, "engine");
  g_autofree char *language = cap_defaults_get_string (self->settings, options, "language");
  g_autofree char *translate_to = cap_defaults_get_string (self->settings, options, "translate-to");
  CapStreamKey key = { source, engine, language, translate_to };
  CapServiceStream *stream = find_equal (self, &key);

  return stream != NULL ? stream : create_stream (self, &key, error);
}

static CapServiceStream *
join_stream (CapStreamPool *self, const char *path, GVariant *options, GError **error)
{
  static const char *const sharing[] = { "source", "engine", "language", "translate-to" };
  CapServiceStream *stream = find_at (self, path);

  for (gsize i = 0; i < G_N_ELEMENTS (sharing); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (options, sharing[i], NULL);

      if (value != NULL)
        {
          g_set_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, "%s: cannot be combined with stream",
                       sharing[i]);
          return NULL;
        }
    }
  if (stream == NULL)
    g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION,
                         "stream: this stream does not exist, or it has ended");

  return stream;
}

/* public methods */

CapStreamPool *
cap_stream_pool_new (GDBusConnection *connection, GSettings *settings, CapEngines *engines)
{
  CapStreamPool *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (CAP_IS_ENGINES (engines), NULL);

  self = g_object_new (CAP_TYPE_STREAM_POOL, NULL);
  self->settings = g_object_ref (settings);
  self->engines = g_object_ref (engines);
  self->policy = cap_capture_policy_new (settings);
  self->manager = g_dbus_object_manager_server_new (CAP_OBJECT_PATH);
  g_dbus_object_manager_server_set_connection (self->manager, connection);
  return self;
}

CapServiceStream *
cap_stream_pool_open (CapStreamPool *self, GVariant *options, GError **error)
{
  const char *path;

  g_return_val_if_fail (CAP_IS_STREAM_POOL (self), NULL);
  g_return_val_if_fail (options != NULL, NULL);

  if (self->phase != PHASE_OPEN)
    {
      g_set_error_literal (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
                           "captiond is shutting down. Try again in a moment.");
      return NULL;
    }
  if (g_variant_lookup (options, "stream", "&o", &path))
    return join_stream (self, path, options, error);

  return share_stream (self, options, error);
}

gboolean
cap_stream_pool_is_empty (CapStreamPool *self)
{
  g_return_val_if_fail (CAP_IS_STREAM_POOL (self), TRUE);

  return self->streams->len == 0;
}

void
cap_stream_pool_drop_caller (CapStreamPool *self, const char *bus_name, const char *reason)
{
  g_return_if_fail (CAP_IS_STREAM_POOL (self));
  g_return_if_fail (bus_name != NULL);

  /* Backwards, because a stream leaves the array with its last hold. */
  for (guint i = self->streams->len; i > 0; i--)
    cap_service_stream_drop (g_ptr_array_index (self->streams, i - 1), bus_name, reason);
}

void
cap_stream_pool_close (CapStreamPool *self)
{
  g_return_if_fail (CAP_IS_STREAM_POOL (self));

  if (self->phase == PHASE_OPEN)
    self->phase = PHASE_CLOSING;
  for (guint i = 0; i < self->streams->len; i++)
    cap_stream_close (cap_service_stream_get_stream (g_ptr_array_index (self->streams, i)), CLOSE_WAIT_MS);
  check_closed (self);
}

CapAudioGraph *
cap_stream_pool_ref_graph (CapStreamPool *self)
{
  CapAudioGraph *graph;

  g_return_val_if_fail (CAP_IS_STREAM_POOL (self), NULL);

  if (self->graph != NULL)
    return g_object_ref (self->graph);

  graph = cap_audio_graph_new ();
  g_set_weak_pointer (&self->graph, graph);
  return graph;
}
