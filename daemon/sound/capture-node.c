/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/capture-node.h"
#include "base/alarm.h"
#include "base/audio.h"
#include "dbus/names.h"

#include <pipewire/pipewire.h>
#include <spa/param/audio/format-utils.h>
#include <time.h>

/* The realtime thread wakes the main loop for no less than this, except for the
 * first sound after a gap. */
#define WAKE_FRAMES CAP_AUDIO_MS (60)
#define GAP_NS (100 * SPA_NSEC_PER_MSEC)
/* captiond waits before it recreates a link that another program removed or the
 * server refused, because the same might happen again at once. */
#define RELINK_MS 1000

typedef struct
{
  CapCaptureNode *node; /* not owned */
  guint32 port;
  struct pw_proxy *proxy;
  struct spa_hook listener;
  gboolean broken;
} Link;

/* The only data that the realtime thread accesses. */
typedef struct
{
  struct pw_stream *stream;
  struct pw_loop *loop;
  struct spa_source *wake;
  CapRing *ring;
  guint32 unannounced; /* frames since the last wake-up */
  gint64 last;         /* time of the last wake-up, ns */
} Realtime;

struct _CapCaptureNode
{
  GObject parent_instance;

  CapAudioGraph *graph;
  gboolean passive;
  Realtime realtime;
  struct pw_stream *stream;
  struct spa_hook listener;
  GHashTable *links; /* output port id → Link */
  CapAlarm *relink;
};

enum
{
  SIGNAL_AUDIO,
  SIGNAL_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapCaptureNode, cap_capture_node, G_TYPE_OBJECT)

static void free_link (gpointer data);
static void on_relink (gpointer user_data);

static const struct pw_proxy_events link_events;

/* lifecycle */

static void
cap_capture_node_dispose (GObject *object)
{
  CapCaptureNode *self = CAP_CAPTURE_NODE (object);

  if (self->links != NULL)
    g_hash_table_remove_all (self->links);
  /* Once the stream is destroyed, the realtime thread uses nothing of this. */
  if (self->stream != NULL)
    {
      spa_hook_remove (&self->listener);
      g_clear_pointer (&self->stream, pw_stream_destroy);
      pw_loop_destroy_source (self->realtime.loop, self->realtime.wake);
    }
  g_clear_pointer (&self->relink, cap_alarm_free);
  g_clear_object (&self->graph);
  G_OBJECT_CLASS (cap_capture_node_parent_class)->dispose (object);
}

static void
cap_capture_node_finalize (GObject *object)
{
  CapCaptureNode *self = CAP_CAPTURE_NODE (object);

  g_hash_table_unref (self->links);
  G_OBJECT_CLASS (cap_capture_node_parent_class)->finalize (object);
}

static void
cap_capture_node_class_init (CapCaptureNodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = cap_capture_node_dispose;
  object_class->finalize = cap_capture_node_finalize;

  signals[SIGNAL_AUDIO]
      = g_signal_new ("audio", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED]
      = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cap_capture_node_init (CapCaptureNode *self)
{
  self->links = g_hash_table_new_full (NULL, NULL, NULL, free_link);
  self->relink = cap_alarm_new ("capture relink", on_relink, self);
}

/* the realtime thread */

/* The graph's own clock is steadier than the moment at which this runs. */
static gint64
get_time_of_first (Realtime *self, guint32 n_frames)
{
  struct pw_time time = { 0 };
  struct timespec clock;
  gint64 now;

  clock_gettime (CLOCK_MONOTONIC, &clock);
  now = SPA_TIMESPEC_TO_NSEC (&clock);
  if (pw_stream_get_time_n (self->stream, &time, sizeof time) == 0
      && llabs (now - time.now) < SPA_NSEC_PER_SEC / 2)
    now = time.now;
  return now - (gint64) n_frames * SPA_NSEC_PER_SEC / CAP_AUDIO_RATE;
}

static void
take_buffer (Realtime *self, struct spa_buffer *buffer)
{
  struct spa_data *data = &buffer->datas[0];
  guint32 offset, n_frames;
  gint64 time;

  if (buffer->n_datas == 0 || data->data == NULL || data->chunk->flags & SPA_CHUNK_FLAG_CORRUPTED)
    return;
  offset = MIN (data->chunk->offset, data->maxsize);
  n_frames = MIN (data->chunk->size, data->maxsize - offset) / sizeof (float);
  if (n_frames == 0)
    return;

  time = get_time_of_first (self, n_frames);
  cap_ring_write (self->ring, SPA_PTROFF (data->data, offset, const float), n_frames, time);
  self->unannounced += n_frames;
  if (self->unannounced < WAKE_FRAMES && time - self->last < (gint64) GAP_NS)
    return;
  self->unannounced = 0;
  self->last = time;
  pw_loop_signal_event (self->loop, self->wake);
}

static void
on_process (void *data)
{
  Realtime *self = data;
  struct pw_buffer *buffer = pw_stream_dequeue_buffer (self->stream);

  if (buffer == NULL)
    return;
  take_buffer (self, buffer->buffer);
  pw_stream_queue_buffer (self->stream, buffer);
}

/* private */

static void
free_link (gpointer data)
{
  Link *link = data;

  spa_hook_remove (&link->listener);
  pw_proxy_destroy (link->proxy);
  g_free (link);
}

static void
break_link (Link *link)
{
  link->broken = TRUE;
  cap_alarm_ensure (link->node->relink, RELINK_MS);
}

/* The node's mono input port; SPA_ID_INVALID until the session manager has
 * configured the node's ports. */
static guint32
find_input_port (CapCaptureNode *self)
{
  CapGraphMirror *mirror = cap_audio_graph_get_mirror (self->graph);
  g_autoptr (GPtrArray) ports
      = cap_graph_mirror_list_ports (mirror, cap_capture_node_get_id (self));

  for (guint i = 0; i < ports->len; i++)
    {
      CapGraphPort *port = g_ptr_array_index (ports, i);
      if (!port->output && port->audio)
        return port->id;
    }
  return SPA_ID_INVALID;
}

static void
make_link (CapCaptureNode *self, const CapGraphPort *output, guint32 input)
{
  struct pw_properties *props = pw_properties_new (PW_KEY_OBJECT_LINGER, "false", NULL);
  struct pw_proxy *proxy;
  Link *link;

  pw_properties_setf (props, PW_KEY_LINK_OUTPUT_NODE, "%u", output->node);
  pw_properties_setf (props, PW_KEY_LINK_OUTPUT_PORT, "%u", output->id);
  pw_properties_setf (props, PW_KEY_LINK_INPUT_NODE, "%u", cap_capture_node_get_id (self));
  pw_properties_setf (props, PW_KEY_LINK_INPUT_PORT, "%u", input);
  if (self->passive)
    pw_properties_set (props, PW_KEY_LINK_PASSIVE, "true");

  proxy = pw_core_create_object (cap_audio_graph_get_core (self->graph), "link-factory",
                                 PW_TYPE_INTERFACE_Link, PW_VERSION_LINK, &props->dict, 0);
  pw_properties_free (props);
  if (proxy == NULL)
    return;

  link = g_new0 (Link, 1);
  link->node = self;
  link->port = output->id;
  link->proxy = proxy;
  pw_proxy_add_listener (proxy, &link->listener, &link_events, link);
  g_hash_table_replace (self->links, GUINT_TO_POINTER (output->id), link);
}

static gboolean
contains (const GArray *ports, guint32 port)
{
  for (guint i = 0; i < ports->len; i++)
    if (g_array_index (ports, guint32, i) == port)
      return TRUE;
  return FALSE;
}

static void
undo_other_links (CapCaptureNode *self, const GArray *ports)
{
  GHashTableIter iter;
  Link *link;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &link))
    if (!contains (ports, link->port))
      g_hash_table_iter_remove (&iter);
}

static gboolean
is_linked (CapCaptureNode *self, guint32 output, guint32 input)
{
  GHashTableIter iter;
  CapGraphLink *link;

  g_hash_table_iter_init (&iter, cap_audio_graph_get_mirror (self->graph)->links);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &link))
    if (link->output_port == output && link->input_port == input)
      return TRUE;
  return FALSE;
}

/* The server's version decides how `passive` is spelled and whether `async`
 * exists. The node requests no latency, because that would change the latency
 * of the whole graph. */
static struct pw_properties *
make_properties (CapCaptureNode *self, const char *media_name)
{
  struct pw_properties *props = pw_properties_new (
      PW_KEY_MEDIA_TYPE, "Audio", PW_KEY_MEDIA_CATEGORY, "Capture",
      PW_KEY_MEDIA_ROLE, "Accessibility", PW_KEY_MEDIA_NAME, media_name,
      PW_KEY_NODE_NAME, "captiond", PW_KEY_NODE_DESCRIPTION, "Live Captions",
      PW_KEY_APP_NAME, "Live Captions", PW_KEY_APP_ID, CAP_BUS_NAME,
      PW_KEY_APP_ICON_NAME, "audio-input-microphone-symbolic",
      PW_KEY_NODE_AUTOCONNECT, "false", "node.dont-fallback", "true", "node.dont-move", "true",
      "node.linger", "true", "state.restore-target", "false", "state.restore-props", "false", NULL);

  if (self->passive)
    {
      gboolean renamed = cap_audio_graph_server_is_at_least (self->graph, 1, 7);

      pw_properties_set (props, PW_KEY_STREAM_CAPTURE_SINK, "true");
      pw_properties_set (props, PW_KEY_NODE_PASSIVE, renamed ? "in-follow" : "true");
    }
  if (cap_audio_graph_server_is_at_least (self->graph, 1, 2))
    pw_properties_set (props, "node.async", "true");
  return props;
}

static int
connect_stream (CapCaptureNode *self)
{
  uint8_t space[1024];
  struct spa_pod_builder builder = SPA_POD_BUILDER_INIT (space, sizeof space);
  struct spa_audio_info_raw format = {
    .format = SPA_AUDIO_FORMAT_F32,
    .rate = CAP_AUDIO_RATE,
    .channels = 1,
    .position = { SPA_AUDIO_CHANNEL_MONO },
  };
  const struct spa_pod *params[]
      = { spa_format_audio_raw_build (&builder, SPA_PARAM_EnumFormat, &format) };

  return pw_stream_connect (self->stream, PW_DIRECTION_INPUT, PW_ID_ANY,
                            PW_STREAM_FLAG_MAP_BUFFERS | PW_STREAM_FLAG_RT_PROCESS, params,
                            G_N_ELEMENTS (params));
}

/* callbacks */

static void
on_state_changed (void *data, enum pw_stream_state old, enum pw_stream_state state,
                  const char *error)
{
  CapCaptureNode *self = SPA_CONTAINER_OF (data, CapCaptureNode, realtime);

  g_debug ("capture node %u: %s%s%s", pw_stream_get_node_id (self->stream),
           pw_stream_state_as_string (state), error != NULL ? ": " : "",
           error != NULL ? error : "");
  if (state == PW_STREAM_STATE_ERROR)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0);
}

static const struct pw_stream_events stream_events = {
  PW_VERSION_STREAM_EVENTS,
  .process = on_process,
  .state_changed = on_state_changed,
};

static void
on_wake (void *data, uint64_t count)
{
  g_signal_emit (data, signals[SIGNAL_AUDIO], 0);
}

static void
on_link_removed (void *data)
{
  break_link (data);
}

static void
on_link_error (void *data, int seq, int res, const char *message)
{
  g_debug ("PipeWire refused a link: %s", message);
  break_link (data);
}

static const struct pw_proxy_events link_events = {
  PW_VERSION_PROXY_EVENTS,
  .removed = on_link_removed,
  .error = on_link_error,
};

/* The next cap_capture_node_link() creates them again. */
static void
on_relink (gpointer user_data)
{
  CapCaptureNode *self = user_data;
  GHashTableIter iter;
  Link *link;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &link))
    if (link->broken)
      g_hash_table_iter_remove (&iter);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* public methods */

CapCaptureNode *
cap_capture_node_new (CapAudioGraph *graph, CapRing *ring, const char *media_name, gboolean passive)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (graph), NULL);
  g_return_val_if_fail (cap_audio_graph_is_connected (graph), NULL);
  g_return_val_if_fail (ring != NULL, NULL);
  g_return_val_if_fail (media_name != NULL, NULL);

  CapCaptureNode *self = g_object_new (CAP_TYPE_CAPTURE_NODE, NULL);
  struct pw_core *core = cap_audio_graph_get_core (graph);
  struct pw_loop *loop = cap_audio_graph_get_loop (graph);

  self->graph = g_object_ref (graph);
  self->passive = passive;
  self->stream = pw_stream_new (core, "captiond", make_properties (self, media_name));
  self->realtime = (Realtime) {
    .stream = self->stream,
    .loop = loop,
    .wake = pw_loop_add_event (loop, on_wake, self),
    .ring = ring,
  };
  pw_stream_add_listener (self->stream, &self->listener, &stream_events, &self->realtime);
  if (connect_stream (self) < 0)
    g_debug ("the capture stream failed to connect");
  return self;
}

guint32
cap_capture_node_get_id (CapCaptureNode *self)
{
  g_return_val_if_fail (CAP_IS_CAPTURE_NODE (self), CAP_CAPTURE_NODE_NONE);

  return self->stream != NULL ? pw_stream_get_node_id (self->stream) : CAP_CAPTURE_NODE_NONE;
}

gboolean
cap_capture_node_link (CapCaptureNode *self, const GArray *ports)
{
  g_return_val_if_fail (CAP_IS_CAPTURE_NODE (self), FALSE);
  g_return_val_if_fail (ports != NULL, FALSE);

  CapGraphMirror *mirror = cap_audio_graph_get_mirror (self->graph);
  guint32 input = find_input_port (self);
  gboolean all = ports->len > 0;

  undo_other_links (self, ports);
  if (input == SPA_ID_INVALID)
    return FALSE;

  for (guint i = 0; i < ports->len; i++)
    {
      guint32 output = g_array_index (ports, guint32, i);

      if (is_linked (self, output, input))
        continue;
      all = FALSE;
      if (!g_hash_table_contains (self->links, GUINT_TO_POINTER (output)))
        make_link (self, cap_graph_mirror_get_port (mirror, output), input);
    }
  return all;
}
