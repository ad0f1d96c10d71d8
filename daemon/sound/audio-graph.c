/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/audio-graph.h"
#include "base/alarm.h"
#include "dbus/names.h"
#include "sound/graph-registry.h"
#include "sound/pipewire-source.h"
#include "sound/source-list.h"

#include <pipewire/pipewire.h>
#include <spa/utils/result.h>

#define RETRY_MIN_MS 500
#define RETRY_MAX_MS 5000

struct _CapAudioGraph
{
  GObject parent_instance;

  struct pw_loop *loop;
  GSource *source;
  struct pw_context *context;

  struct pw_core *core;
  struct spa_hook core_listener;
  CapGraphRegistry *registry;
  CapGraphMirror *mirror;
  guint version_major, version_minor;

  int setup_seq;
  gboolean setup_bound; /* every global is bound; their details are still to come */
  gboolean connected;
  gboolean absent;

  guint retry_ms;
  CapAlarm *retry;
  CapAlarm *drop;   /* the core cannot be destroyed inside its own event */
  CapAlarm *notify; /* merges several changes into one ::changed */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_CONNECTED,
  SIGNAL_DISCONNECTED,
  SIGNAL_LINK_ADDED,
  SIGNAL_SYNCED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapAudioGraph, cap_audio_graph, G_TYPE_OBJECT)

static void connect_server (CapAudioGraph *self);
static void clear_core (CapAudioGraph *self);
static void on_mirror_changed (gpointer user_data);
static void on_link_added (CapGraphLink *link, gpointer user_data);
static void on_retry (gpointer user_data);
static void on_core_lost (gpointer user_data);
static void on_notify (gpointer user_data);

static const struct pw_core_events core_events;

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

  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CONNECTED]
      = g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DISCONNECTED]
      = g_signal_new ("disconnected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LINK_ADDED] = g_signal_new ("link-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_SYNCED] = g_signal_new ("synced", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
cap_audio_graph_init (CapAudioGraph *self)
{
  self->mirror = cap_graph_mirror_new ();
  self->retry_ms = RETRY_MIN_MS;
  self->retry = cap_alarm_new ("PipeWire retry", on_retry, self);
  self->drop = cap_alarm_new ("PipeWire is gone", on_core_lost, self);
  self->notify = cap_alarm_new ("audio graph changed", on_notify, self);
}

/* private */

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

/* Before PipeWire 1.3, only client-rt.conf gave the data thread realtime priority. */
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
connect_server (CapAudioGraph *self)
{
  static const CapGraphRegistryFuncs funcs = { on_mirror_changed, on_link_added };

  if (ensure_context (self))
    self->core = pw_context_connect (self->context, NULL, 0);
  self->absent = self->core == NULL;
  if (self->absent)
    {
      g_debug ("cannot connect to PipeWire: %s", g_strerror (errno));
      g_signal_emit (self, signals[SIGNAL_DISCONNECTED], 0);
      retry_later (self);
      return;
    }

  pw_core_add_listener (self->core, &self->core_listener, &core_events, self);
  self->registry = cap_graph_registry_new (self->core, self->mirror, &funcs, self);
  self->setup_bound = FALSE;
  self->setup_seq = pw_core_sync (self->core, PW_ID_CORE, 0);
}

static void
clear_core (CapAudioGraph *self)
{
  g_clear_pointer (&self->registry, cap_graph_registry_free);
  if (self->core != NULL)
    {
      spa_hook_remove (&self->core_listener);
      pw_core_disconnect (self->core);
      self->core = NULL;
    }
  cap_graph_mirror_free (self->mirror);
  self->mirror = cap_graph_mirror_new ();
}

/* After the first answer captiond has bound every global; after the second, the
 * server has sent the details of each. */
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
  g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
}

/* callbacks: the registry */

static void
on_mirror_changed (gpointer user_data)
{
  CapAudioGraph *self = user_data;

  if (self->connected)
    cap_alarm_set (self->notify, 0);
}

static void
on_link_added (CapGraphLink *link, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_LINK_ADDED], 0, link);
}

/* callbacks: the core */

static void
on_core_info (void *data, const struct pw_core_info *info)
{
  CapAudioGraph *self = data;

  if (info->version != NULL
      && sscanf (info->version, "%u.%u", &self->version_major, &self->version_minor) != 2)
    g_debug ("PipeWire has the unknown version %s", info->version);
}

static void
on_core_done (void *data, uint32_t id, int seq)
{
  CapAudioGraph *self = data;

  if (id != PW_ID_CORE)
    return;
  if (self->connected)
    g_signal_emit (self, signals[SIGNAL_SYNCED], 0, seq);
  else if (seq == self->setup_seq)
    finish_setup (self);
}

/* Only a lost connection ends the core. Other errors answer requests about
 * objects that disappeared meanwhile. */
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

/* callbacks: alarms */

static void
on_retry (gpointer user_data)
{
  connect_server (user_data);
}

static void
on_core_lost (gpointer user_data)
{
  CapAudioGraph *self = user_data;

  g_debug ("lost the connection to PipeWire");
  cap_alarm_clear (self->notify);
  self->connected = FALSE;
  self->absent = TRUE;
  g_signal_emit (self, signals[SIGNAL_DISCONNECTED], 0);
  clear_core (self);
  retry_later (self);
}

static void
on_notify (gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CHANGED], 0);
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
