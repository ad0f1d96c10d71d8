/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "audio-graph.h"
#include "alarm.h"
#include "names.h"
#include "pipewire-source.h"
#include "source-list.h"

#include <pipewire/pipewire.h>

#include <pipewire/extensions/metadata.h>
#include <spa/utils/json.h>
#include <spa/utils/result.h>

#define RETRY_MIN_MS 500
#define RETRY_MAX_MS 5000

/* A thing of the server that tells us more about itself. */
typedef struct
{
  CapAudioGraph *graph; /* not owned */
  guint32 id;
  struct pw_proxy *proxy;
  struct spa_hook listener;
} Bound;

struct _CapAudioGraph
{
  GObject parent_instance;

  struct pw_loop *loop;
  GSource *source;
  struct pw_context *context;

  struct pw_core *core;
  struct spa_hook core_listener;
  struct pw_registry *registry;
  struct spa_hook registry_listener;
  GHashTable *bound; /* id → Bound */
  CapGraphMirror *mirror;
  guint version_major, version_minor;

  int setup_seq;
  gboolean setup_bound; /* the first answer: all is bound, not yet told */
  gboolean connected;
  gboolean absent;

  guint retry_ms;
  CapAlarm *retry;
  CapAlarm *drop;   /* the core cannot be destroyed inside its own event */
  CapAlarm *notify; /* gathers ::changed */
};

enum
{
  CHANGED,
  CONNECTED,
  DISCONNECTED,
  LINK_ADDED,
  SYNCED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapAudioGraph, cap_audio_graph, G_TYPE_OBJECT)

/* private */

static void
touch (CapAudioGraph *self)
{
  if (self->connected)
    cap_alarm_set (self->notify, 0);
}

static gboolean
take_string (char **to, const struct spa_dict *props, const char *key)
{
  const char *value = props != NULL ? spa_dict_lookup (props, key) : NULL;

  if (value == NULL || g_strcmp0 (*to, value) == 0)
    return FALSE;
  g_free (*to);
  *to = g_strdup (value);
  return TRUE;
}

static guint32
get_id (const struct spa_dict *props, const char *key)
{
  const char *value = spa_dict_lookup (props, key);

  return value != NULL ? (guint32) g_ascii_strtoull (value, NULL, 10) : SPA_ID_INVALID;
}

static gboolean
take_application (CapGraphApplication *to, const struct spa_dict *props)
{
  gboolean changed = FALSE;

  changed |= take_string (&to->name, props, PW_KEY_APP_NAME);
  changed |= take_string (&to->id, props, PW_KEY_APP_ID);
  changed |= take_string (&to->binary, props, PW_KEY_APP_PROCESS_BINARY);
  return changed;
}

static gboolean
take_node (CapGraphNode *node, const struct spa_dict *props)
{
  gboolean changed = FALSE;

  changed |= take_string (&node->name, props, PW_KEY_NODE_NAME);
  changed |= take_string (&node->description, props, PW_KEY_NODE_DESCRIPTION);
  changed |= take_string (&node->media_class, props, PW_KEY_MEDIA_CLASS);
  changed |= take_application (&node->application, props);
  return changed;
}

static void
free_bound (gpointer data)
{
  Bound *bound = data;

  spa_hook_remove (&bound->listener);
  pw_proxy_destroy (bound->proxy);
  g_free (bound);
}

static void
bind_object (CapAudioGraph *self, guint32 id, const char *type, guint32 version, const void *events)
{
  struct pw_proxy *proxy = pw_registry_bind (self->registry, id, type, version, 0);
  Bound *bound;

  if (proxy == NULL)
    return;
  bound = g_new0 (Bound, 1);
  bound->graph = self;
  bound->id = id;
  bound->proxy = proxy;
  pw_proxy_add_object_listener (proxy, &bound->listener, events, bound);
  g_hash_table_replace (self->bound, GUINT_TO_POINTER (id), bound);
}

/* callbacks: nodes, clients, metadata */

static void
on_node_info (void *data, const struct pw_node_info *info)
{
  Bound *bound = data;
  CapGraphNode *node = cap_graph_mirror_get_node (bound->graph->mirror, bound->id);
  gboolean running = info->state == PW_NODE_STATE_RUNNING;
  gboolean changed = FALSE;

  if (node == NULL)
    return;

  if (info->change_mask & PW_NODE_CHANGE_MASK_PROPS && info->props != NULL)
    {
      gboolean piped = spa_dict_lookup (info->props, PW_KEY_NODE_LINK_GROUP) != NULL;

      changed |= take_node (node, info->props) | (piped != node->piped);
      node->piped = piped;
    }
  changed |= running != node->running;
  node->running = running;
  if (changed)
    touch (bound->graph);
}

static const struct pw_node_events node_events = {
  PW_VERSION_NODE_EVENTS,
  .info = on_node_info,
};

static void
on_client_info (void *data, const struct pw_client_info *info)
{
  Bound *bound = data;
  CapGraphApplication *client
      = g_hash_table_lookup (bound->graph->mirror->clients, GUINT_TO_POINTER (bound->id));

  if (client != NULL && take_application (client, info->props))
    touch (bound->graph);
}

static const struct pw_client_events client_events = {
  PW_VERSION_CLIENT_EVENTS,
  .info = on_client_info,
};

/* The value is {"name":"NODE"}. NULL when it is anything else. */
static char *
parse_default (const char *value)
{
  struct spa_json json, object;
  char key[64], name[512];

  if (value == NULL)
    return NULL;
  spa_json_init (&json, value, strlen (value));
  if (spa_json_enter_object (&json, &object) <= 0)
    return NULL;

  while (spa_json_get_string (&object, key, sizeof key) > 0)
    {
      const char *ignored;

      if (g_str_equal (key, "name"))
        return spa_json_get_string (&object, name, sizeof name) > 0 ? g_strdup (name) : NULL;
      if (spa_json_next (&object, &ignored) <= 0)
        break;
    }
  return NULL;
}

static int
on_metadata_property (void *data, uint32_t subject, const char *key, const char *type,
                      const char *value)
{
  Bound *bound = data;
  CapGraphMirror *mirror = bound->graph->mirror;
  gboolean all = key == NULL;

  if (subject != PW_ID_CORE)
    return 0;

  mirror->managed = TRUE;
  if (all || g_str_equal (key, "default.audio.sink"))
    {
      g_free (mirror->default_sink);
      mirror->default_sink = all ? NULL : parse_default (value);
    }
  if (all || g_str_equal (key, "default.audio.source"))
    {
      g_free (mirror->default_source);
      mirror->default_source = all ? NULL : parse_default (value);
    }
  touch (bound->graph);
  return 0;
}

static const struct pw_metadata_events metadata_events = {
  PW_VERSION_METADATA_EVENTS,
  .property = on_metadata_property,
};

/* callbacks: the registry */

static void
add_node (CapAudioGraph *self, guint32 id, const struct spa_dict *props)
{
  CapGraphNode *node = cap_graph_mirror_add_node (self->mirror, id);

  node->client = get_id (props, PW_KEY_CLIENT_ID);
  /* Until it has told what it is. */
  node->piped = TRUE;
  take_node (node, props);
  if (cap_graph_node_get_class (node) == CAP_GRAPH_OTHER)
    cap_graph_mirror_remove (self->mirror, id);
  else
    bind_object (self, id, PW_TYPE_INTERFACE_Node, PW_VERSION_NODE, &node_events);
}

static void
add_port (CapAudioGraph *self, guint32 id, const struct spa_dict *props)
{
  CapGraphPort *port = cap_graph_mirror_add_port (self->mirror, id);
  const char *format = spa_dict_lookup (props, PW_KEY_FORMAT_DSP);

  port->node = get_id (props, PW_KEY_NODE_ID);
  port->output = g_strcmp0 (spa_dict_lookup (props, PW_KEY_PORT_DIRECTION), "out") == 0;
  port->monitor = spa_atob (spa_dict_lookup (props, PW_KEY_PORT_MONITOR));
  port->audio = format != NULL && strstr (format, "audio") != NULL;
  take_string (&port->channel, props, PW_KEY_AUDIO_CHANNEL);
}

static void
add_link (CapAudioGraph *self, guint32 id, const struct spa_dict *props)
{
  CapGraphLink *link = cap_graph_mirror_add_link (self->mirror, id);

  link->output_node = get_id (props, PW_KEY_LINK_OUTPUT_NODE);
  link->output_port = get_id (props, PW_KEY_LINK_OUTPUT_PORT);
  link->input_node = get_id (props, PW_KEY_LINK_INPUT_NODE);
  link->input_port = get_id (props, PW_KEY_LINK_INPUT_PORT);
  g_signal_emit (self, signals[LINK_ADDED], 0, link);
}

static void
on_global (void *data, uint32_t id, uint32_t permissions, const char *type, uint32_t version,
           const struct spa_dict *props)
{
  CapAudioGraph *self = data;

  if (props == NULL)
    return;

  if (g_str_equal (type, PW_TYPE_INTERFACE_Node))
    add_node (self, id, props);
  else if (g_str_equal (type, PW_TYPE_INTERFACE_Port))
    add_port (self, id, props);
  else if (g_str_equal (type, PW_TYPE_INTERFACE_Link))
    add_link (self, id, props);
  else if (g_str_equal (type, PW_TYPE_INTERFACE_Client))
    {
      take_application (cap_graph_mirror_add_client (self->mirror, id), props);
      bind_object (self, id, type, PW_VERSION_CLIENT, &client_events);
    }
  else if (g_str_equal (type, PW_TYPE_INTERFACE_Metadata)
           && g_strcmp0 (spa_dict_lookup (props, PW_KEY_METADATA_NAME), "default") == 0)
    bind_object (self, id, type, PW_VERSION_METADATA, &metadata_events);
  else
    return;
  touch (self);
}

/* The defaults outlive the metadata that told them: when the session manager
 * dies, the devices and our links do not. */
static void
on_global_remove (void *data, uint32_t id)
{
  CapAudioGraph *self = data;

  g_hash_table_remove (self->bound, GUINT_TO_POINTER (id));
  if (cap_graph_mirror_remove (self->mirror, id))
    touch (self);
}

static const struct pw_registry_events registry_events = {
  PW_VERSION_REGISTRY_EVENTS,
  .global = on_global,
  .global_remove = on_global_remove,
};

/* callbacks: the core */

static void
on_core_info (void *data, const struct pw_core_info *info)
{
  CapAudioGraph *self = data;

  if (info->version != NULL
      && sscanf (info->version, "%u.%u", &self->version_major, &self->version_minor) != 2)
    g_debug ("PipeWire %s?", info->version);
}

/* The first answer says that every global is known and bound, the second that
 * each of them has told about itself. */
static void
finish_setup (CapAudioGraph *self)
{
  if (!self->setup_bound)
    {
      self->setup_bound = TRUE;
      self->setup_seq = pw_core_sync (self->core, PW_ID_CORE, 0);
      return;
    }

  self->connected = TRUE;
  self->retry_ms = RETRY_MIN_MS;
  g_debug ("connected to PipeWire %u.%u", self->version_major, self->version_minor);
  g_signal_emit (self, signals[CONNECTED], 0);
}

static void
on_core_done (void *data, uint32_t id, int seq)
{
  CapAudioGraph *self = data;

  if (id != PW_ID_CORE)
    return;
  if (self->connected)
    g_signal_emit (self, signals[SYNCED], 0, seq);
  else if (seq == self->setup_seq)
    finish_setup (self);
}

/* Only a lost connection is the core's end; other errors are answers to
 * requests that came too late, for things already gone. */
static void
on_core_error (void *data, uint32_t id, int seq, int res, const char *message)
{
  CapAudioGraph *self = data;

  g_debug ("PipeWire: object %u: %s (%s)", id, message, spa_strerror (res));
  if (id == PW_ID_CORE && res == -EPIPE)
    cap_alarm_set (self->drop, 0);
}

static const struct pw_core_events core_events = {
  PW_VERSION_CORE_EVENTS,
  .info = on_core_info,
  .done = on_core_done,
  .error = on_core_error,
};

/* connecting */

static gboolean
library_is_at_least (int major, int minor)
{
  int its_major = 0, its_minor = 0;

  sscanf (pw_get_library_version (), "%d.%d", &its_major, &its_minor);
  return its_major > major || (its_major == major && its_minor >= minor);
}

static struct pw_context *
make_context (struct pw_loop *loop, const char *config)
{
  struct pw_properties *props
      = pw_properties_new (PW_KEY_APP_NAME, "Live Captions", PW_KEY_APP_ID, CAP_BUS_NAME,
                           PW_KEY_APP_ICON_NAME, "audio-input-microphone-symbolic", NULL);

  if (config != NULL)
    pw_properties_set (props, PW_KEY_CONFIG_NAME, config);
  return pw_context_new (loop, props, 0);
}

/* Before 1.3 the data thread was a realtime one only by that configuration. */
static gboolean
ensure_context (CapAudioGraph *self)
{
  if (self->context == NULL && !library_is_at_least (1, 3))
    self->context = make_context (self->loop, "client-rt.conf");
  if (self->context == NULL)
    self->context = make_context (self->loop, NULL);
  return self->context != NULL;
}

static void
retry_later (CapAudioGraph *self)
{
  cap_alarm_set (self->retry, self->retry_ms);
  self->retry_ms = MIN (self->retry_ms * 2, RETRY_MAX_MS);
}

static void
connect_server (gpointer data)
{
  CapAudioGraph *self = data;

  if (ensure_context (self))
    self->core = pw_context_connect (self->context, NULL, 0);
  self->absent = self->core == NULL;
  if (self->absent)
    {
      g_debug ("PipeWire is not there: %s", g_strerror (errno));
      g_signal_emit (self, signals[DISCONNECTED], 0);
      retry_later (self);
      return;
    }

  pw_core_add_listener (self->core, &self->core_listener, &core_events, self);
  self->registry = pw_core_get_registry (self->core, PW_VERSION_REGISTRY, 0);
  pw_registry_add_listener (self->registry, &self->registry_listener, &registry_events, self);
  self->setup_bound = FALSE;
  self->setup_seq = pw_core_sync (self->core, PW_ID_CORE, 0);
}

static void
clear_core (CapAudioGraph *self)
{
  g_hash_table_remove_all (self->bound);
  if (self->registry != NULL)
    {
      spa_hook_remove (&self->registry_listener);
      pw_proxy_destroy ((struct pw_proxy *) self->registry);
      self->registry = NULL;
    }
  if (self->core != NULL)
    {
      spa_hook_remove (&self->core_listener);
      pw_core_disconnect (self->core);
      self->core = NULL;
    }
  cap_graph_mirror_free (self->mirror);
  self->mirror = cap_graph_mirror_new ();
}

static void
drop_server (gpointer data)
{
  CapAudioGraph *self = data;

  g_debug ("PipeWire is gone");
  cap_alarm_clear (self->notify);
  self->connected = FALSE;
  self->absent = TRUE;
  g_signal_emit (self, signals[DISCONNECTED], 0);
  clear_core (self);
  retry_later (self);
}

static void
emit_changed (gpointer data)
{
  g_signal_emit (data, signals[CHANGED], 0);
}

/* lifecycle */

static void
cap_audio_graph_constructed (GObject *object)
{
  CapAudioGraph *self = CAP_AUDIO_GRAPH (object);

  G_OBJECT_CLASS (cap_audio_graph_parent_class)->constructed (object);
  pw_init (NULL, NULL);
  self->loop = pw_loop_new (NULL);
  self->source = cap_pipewire_source_new (self->loop);
  connect_server (self);
}

static void
cap_audio_graph_finalize (GObject *object)
{
  CapAudioGraph *self = CAP_AUDIO_GRAPH (object);

  cap_alarm_free (self->retry);
  cap_alarm_free (self->drop);
  cap_alarm_free (self->notify);
  clear_core (self);
  g_clear_pointer (&self->context, pw_context_destroy);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  pw_loop_destroy (self->loop);
  pw_deinit ();
  g_hash_table_unref (self->bound);
  cap_graph_mirror_free (self->mirror);
  G_OBJECT_CLASS (cap_audio_graph_parent_class)->finalize (object);
}

static void
cap_audio_graph_class_init (CapAudioGraphClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->constructed = cap_audio_graph_constructed;
  object_class->finalize = cap_audio_graph_finalize;

  signals[CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CONNECTED]
      = g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DISCONNECTED]
      = g_signal_new ("disconnected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LINK_ADDED] = g_signal_new ("link-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SYNCED] = g_signal_new ("synced", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
cap_audio_graph_init (CapAudioGraph *self)
{
  self->bound = g_hash_table_new_full (NULL, NULL, NULL, free_bound);
  self->mirror = cap_graph_mirror_new ();
  self->retry_ms = RETRY_MIN_MS;
  self->retry = cap_alarm_new ("PipeWire retry", connect_server, self);
  self->drop = cap_alarm_new ("PipeWire is gone", drop_server, self);
  self->notify = cap_alarm_new ("audio graph changed", emit_changed, self);
}

/* public methods */

void
cap_audio_graph_ignore_environment (void)
{
  static const char *const names[] = { "PIPEWIRE_NODE",    "PIPEWIRE_PROPS", "PIPEWIRE_AUTOCONNECT",
                                       "PIPEWIRE_QUANTUM", "PIPEWIRE_RATE",  "PIPEWIRE_LATENCY" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
}

CapAudioGraph *
cap_audio_graph_new (void)
{
  return g_object_new (CAP_TYPE_AUDIO_GRAPH, NULL);
}

gboolean
cap_audio_graph_is_connected (CapAudioGraph *self)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (self), FALSE);

  return self->connected;
}

gboolean
cap_audio_graph_is_absent (CapAudioGraph *self)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (self), FALSE);

  return self->absent;
}

GVariant *
cap_audio_graph_list_sources (CapAudioGraph *self)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (self), NULL);

  return cap_source_list_new (self->mirror);
}

CapGraphMirror *
cap_audio_graph_get_mirror (CapAudioGraph *self)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (self), NULL);

  return self->mirror;
}

struct pw_core *
cap_audio_graph_get_core (CapAudioGraph *self)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (self), NULL);

  return self->connected ? self->core : NULL;
}

struct pw_loop *
cap_audio_graph_get_loop (CapAudioGraph *self)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (self), NULL);

  return self->loop;
}

int
cap_audio_graph_sync (CapAudioGraph *self)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (self) && self->connected, 0);

  return pw_core_sync (self->core, PW_ID_CORE, 0);
}

gboolean
cap_audio_graph_server_is_at_least (CapAudioGraph *self, guint major, guint minor)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (self), FALSE);

  return self->version_major > major
         || (self->version_major == major && self->version_minor >= minor);
}
