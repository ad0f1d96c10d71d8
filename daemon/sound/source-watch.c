/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/source-watch.h"
#include "dbus/error.h"

#define WATCH_SECONDS 30
#define CONNECT_SECONDS 2

/* struct */

struct _CapSourceWatch
{
  GObject parent_instance;

  CapAudioGraph *graph; /* while watching */
  GVariant *last;       /* the list at the last answer or ::changed */
  GPtrArray *waiting;   /* of GTask: callers that wait for the server */
  guint watch_timeout;
  guint connect_timeout;
};

/* signals */

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapSourceWatch, cap_source_watch, G_TYPE_OBJECT)

static void stop_watching (CapSourceWatch *self);

/* lifecycle */

static void
cap_source_watch_dispose (GObject *object)
{
  CapSourceWatch *self = CAP_SOURCE_WATCH (object);

  stop_watching (self);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);

  G_OBJECT_CLASS (cap_source_watch_parent_class)->dispose (object);
}

static void
cap_source_watch_init (CapSourceWatch *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
cap_source_watch_class_init (CapSourceWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_source_watch_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_SOURCE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
}

/* private methods */

static void
remember (CapSourceWatch *self, GVariant *list)
{
  g_clear_pointer (&self->last, g_variant_unref);
  self->last = g_variant_ref (list);
}

static void
stop_watching (CapSourceWatch *self)
{
  g_clear_handle_id (&self->watch_timeout, g_source_remove);
  g_clear_handle_id (&self->connect_timeout, g_source_remove);
  g_clear_pointer (&self->last, g_variant_unref);
  if (self->graph != NULL)
    g_signal_handlers_disconnect_by_data (self->graph, self);
  g_clear_object (&self->graph);
}

static void
answer_waiting (CapSourceWatch *self)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);
  g_autoptr (GVariant) list = g_variant_ref_sink (cap_audio_graph_list_sources (self->graph));

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_clear_handle_id (&self->connect_timeout, g_source_remove);
  remember (self, list);
  for (guint i = 0; i < waiting->len; i++)
    g_task_return_pointer (g_ptr_array_index (waiting, i), g_variant_ref (list),
                           (GDestroyNotify) g_variant_unref);
}

static void
refuse_waiting (CapSourceWatch *self)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    g_task_return_new_error (g_ptr_array_index (waiting, i), CAP_ERROR, CAP_ERROR_AUDIO_UNAVAILABLE,
                             "PipeWire does not answer: it is not running for this user, or it is "
                             "stuck. Log in to a desktop, or restart pipewire and wireplumber.");
}

/* callbacks */

static void
on_graph_changed (CapSourceWatch *self)
{
  g_autoptr (GVariant) list = NULL;

  if (self->last == NULL)
    return;
  list = g_variant_ref_sink (cap_audio_graph_list_sources (self->graph));
  if (g_variant_equal (list, self->last))
    return;

  remember (self, list);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_graph_connected (CapSourceWatch *self)
{
  if (self->waiting->len > 0)
    answer_waiting (self);
  else
    on_graph_changed (self);
}

static gboolean
on_connect_timeout (gpointer user_data)
{
  CapSourceWatch *self = user_data;

  self->connect_timeout = 0;
  refuse_waiting (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_watch_timeout (gpointer user_data)
{
  CapSourceWatch *self = user_data;

  self->watch_timeout = 0;
  stop_watching (self);
  return G_SOURCE_REMOVE;
}

/* public methods */

CapSourceWatch *
cap_source_watch_new (void)
{
  return g_object_new (CAP_TYPE_SOURCE_WATCH, NULL);
}

void
cap_source_watch_get_async (CapSourceWatch *self,
                            CapAudioGraph *graph,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (CAP_IS_SOURCE_WATCH (self));
  g_return_if_fail (CAP_IS_AUDIO_GRAPH (graph));

  if (g_set_object (&self->graph, graph))
    {
      g_signal_connect_object (graph, "connected", G_CALLBACK (on_graph_connected), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (graph, "changed", G_CALLBACK (on_graph_changed), self,
                               G_CONNECT_SWAPPED);
    }
  g_clear_handle_id (&self->watch_timeout, g_source_remove);
  self->watch_timeout = g_timeout_add_seconds (WATCH_SECONDS, on_watch_timeout, self);

  g_ptr_array_add (self->waiting, g_task_new (self, NULL, callback, user_data));
  if (cap_audio_graph_is_connected (graph))
    answer_waiting (self);
  else if (self->connect_timeout == 0)
    self->connect_timeout = g_timeout_add_seconds (CONNECT_SECONDS, on_connect_timeout, self);
}

GVariant *
cap_source_watch_get_finish (CapSourceWatch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CAP_IS_SOURCE_WATCH (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
