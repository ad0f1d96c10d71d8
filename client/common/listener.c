/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/listener.h"
#include "common/bus.h"
#include "common/segment.h"
#include "common/state.h"
#include "dbus/captions-dbus.h"
#include "dbus/error.h"
#include "dbus/names.h"

#define LAST_WORDS_MS 1000
#define CLOSE_MS 500
#define OPEN_MS (25 * 1000)

typedef enum
{
  STEP_IDLE,
  STEP_OPENING,     /* OpenStream */
  STEP_SUBSCRIBING, /* the proxy: signals, then properties */
  STEP_HISTORY,     /* GetSegments (0); segments that arrive meanwhile wait */
  STEP_LIVE,
  STEP_DRAINING, /* Flush; then GetSegments, which finds partials not sent to us; then the last finals */
  STEP_CLOSING,  /* Close; finals may still arrive before the answer */
  STEP_ENDED,
} Step;

struct _CapListener
{
  GObject parent_instance;

  Step step;
  GDBusConnection *connection;
  GCancellable *cancellable;
  char *path;
  CapDBusCaptions1Stream *stream;

  GPtrArray *early;       /* CapSegments that arrived before the history */
  GHashTable *unfinished; /* ids */
  guint64 last_serial;
  GError *failure; /* why the listener ends, if the caller did not ask for it */

  gboolean levels; /* as the caller last asked */
  gboolean paused;

  gboolean caught_up; /* @unfinished is complete */
  guint timeout_id;
  guint watch_id;
};

enum
{
  SIGNAL_SEGMENT,
  SIGNAL_CAUGHT_UP,
  SIGNAL_STATE,
  SIGNAL_LEVEL,
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapListener, cap_listener, G_TYPE_OBJECT)

static void on_timeout (gpointer user_data);
static void on_closed (GObject *source, GAsyncResult *result, gpointer user_data);

/* lifecycle */

static void
cap_listener_init (CapListener *self)
{
  self->cancellable = g_cancellable_new ();
  self->early = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_segment_free);
  self->unfinished = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
cap_listener_dispose (GObject *object)
{
  CapListener *self = CAP_LISTENER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  g_clear_object (&self->stream);

  G_OBJECT_CLASS (cap_listener_parent_class)->dispose (object);
}

static void
cap_listener_finalize (GObject *object)
{
  CapListener *self = CAP_LISTENER (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_free (self->path);
  g_ptr_array_unref (self->early);
  g_hash_table_unref (self->unfinished);
  g_clear_error (&self->failure);

  G_OBJECT_CLASS (cap_listener_parent_class)->finalize (object);
}

static void
cap_listener_class_init (CapListenerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cap_listener_dispose;
  object_class->finalize = cap_listener_finalize;

  signals[SIGNAL_SEGMENT] = g_signal_new ("segment", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CAUGHT_UP] = g_signal_new ("caught-up", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STATE] = g_signal_new ("state", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_LEVEL] = g_signal_new ("level", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

/* private */

/* @done: NULL if the answer does not matter. */
static void
call_stream (CapListener *self, const char *path, const char *method, GAsyncReadyCallback done)
{
  g_dbus_connection_call (self->connection, CAP_BUS_NAME, path, CAP_STREAM_INTERFACE, method, NULL,
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          done != NULL ? self->cancellable : NULL, done,
                          done != NULL ? g_object_ref (self) : NULL);
}

/* This call is never cancelled, because the service creates a hold in any case, and
 * its answer names the stream that must then be closed. */
static void
call_open (CapListener *self, GVariant *options, GAsyncReadyCallback done)
{
  g_dbus_connection_call (self->connection, CAP_BUS_NAME, CAP_OBJECT_PATH, CAP_INTERFACE,
                          "OpenStream", g_variant_new ("(@a{sv})", options),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, done,
                          g_object_ref (self));
}

static void
end (CapListener *self)
{
  if (self->step == STEP_ENDED)
    return;

  self->step = STEP_ENDED;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, self->failure);
}

static void
fail (CapListener *self, GError *error)
{
  /* A caller that asked for the end needs no reason, and the first failure explains
   * the later ones. */
  if (self->step < STEP_DRAINING && self->failure == NULL)
    self->failure = error;
  else
    g_error_free (error);
}

static void
fail_call (CapListener *self, GError *error)
{
  cap_bus_explain (error);
  fail (self, error);
}

/* For a call on a stream that existed: the bus and the service report its absence
 * with several errors. */
static void
fail_stream_call (CapListener *self, GError *error)
{
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN))
    error->code = G_DBUS_ERROR_NAME_HAS_NO_OWNER;
  else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    error->code = G_DBUS_ERROR_UNKNOWN_OBJECT;

  fail_call (self, error);
}

static void
set_timeout (CapListener *self, guint milliseconds)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->timeout_id = g_timeout_add_once (milliseconds, on_timeout, self);
}

static void
close_stream (CapListener *self)
{
  if (self->step >= STEP_CLOSING)
    return;

  if (self->path == NULL)
    {
      /* on_opened closes a stream that OpenStream still opens. */
      end (self);
      return;
    }

  self->step = STEP_CLOSING;
  set_timeout (self, CLOSE_MS);
  call_stream (self, self->path, "Close", on_closed);
}

static void
close_when_drained (CapListener *self)
{
  if (self->step == STEP_DRAINING && self->caught_up && g_hash_table_size (self->unfinished) == 0)
    close_stream (self);
}

static void
accept_segment (CapListener *self, const CapSegment *segment)
{
  if (segment->final || segment->retracted)
    g_hash_table_remove (self->unfinished, &segment->id);
  else
    g_hash_table_add (self->unfinished, g_memdup2 (&segment->id, sizeof segment->id));

  self->last_serial = MAX (self->last_serial, segment->serial);
  g_signal_emit (self, signals[SIGNAL_SEGMENT], 0, segment);
}

static void
take_segment (CapListener *self, CapSegment *taken)
{
  g_autoptr (CapSegment) segment = taken;

  if (self->step == STEP_ENDED)
    return;

  if (self->step < STEP_LIVE)
    {
      g_ptr_array_add (self->early, g_steal_pointer (&segment));
      return;
    }

  /* GetSegments already returned this form. */
  if (segment->serial <= self->last_serial)
    return;

  accept_segment (self, segment);
  close_when_drained (self);
}

static GPtrArray *
parse_rows (GVariant *rows)
{
  GPtrArray *segments = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_segment_free);
  GVariantIter iter;
  GVariant *row;

  g_variant_iter_init (&iter, rows);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_ptr_array_add (segments, cap_segment_new (row));
      g_variant_unref (row);
    }

  return segments;
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static CapState
read_state (CapListener *self)
{
  CapDBusCaptions1Stream *stream = self->stream;

  return (CapState) {
    .stream = self->path,
    .state = or_empty (cap_dbus_captions1_stream_get_state (stream)),
    .reason = or_empty (cap_dbus_captions1_stream_get_state_reason (stream)),
    .message = or_empty (cap_dbus_captions1_stream_get_state_message (stream)),
    .source = or_empty (cap_dbus_captions1_stream_get_source (stream)),
    .description = or_empty (cap_dbus_captions1_stream_get_source_description (stream)),
    .engine = or_empty (cap_dbus_captions1_stream_get_engine (stream)),
    .remote_host = or_empty (cap_dbus_captions1_stream_get_remote_host (stream)),
    .language = or_empty (cap_dbus_captions1_stream_get_language (stream)),
    .epoch = cap_dbus_captions1_stream_get_epoch (stream),
  };
}

static void
go_live (CapListener *self, GPtrArray *history)
{
  CapState state = read_state (self);

  self->step = STEP_LIVE;
  g_signal_emit (self, signals[SIGNAL_STATE], 0, &state);

  /* The service returns rows in the order of their changes; people read them in the
   * order of time. */
  g_ptr_array_sort (history, cap_segment_compare);
  for (guint i = 0; i < history->len; i++)
    accept_segment (self, history->pdata[i]);
  g_signal_emit (self, signals[SIGNAL_CAUGHT_UP], 0);

  while (self->early->len > 0)
    take_segment (self, g_ptr_array_steal_index (self->early, 0));
}

/* GIO creates a proxy even if the service has gone meanwhile. */
static gboolean
has_owner (CapDBusCaptions1Stream *stream, GError **error)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (stream));

  if (owner == NULL)
    g_set_error_literal (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER, "");
  return owner != NULL;
}

/* callbacks */

static void
on_timeout (gpointer user_data)
{
  CapListener *self = CAP_LISTENER (user_data);

  self->timeout_id = 0;
  if (self->step == STEP_DRAINING)
    {
      close_stream (self);
      return;
    }

  if (self->step == STEP_OPENING)
    fail_call (self, g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT, ""));
  end (self);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapListener) self = CAP_LISTENER (user_data);
  /* An error does not matter: the service drops the hold at the latest when our bus
   * name vanishes. */
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  end (self);
}

static void
on_segment (CapDBusCaptions1Stream *stream,
            guint64 id,
            guint64 serial,
            const char *text,
            gboolean final,
            gint64 start,
            gint64 finish,
            GVariant *details,
            gpointer user_data)
{
  CapListener *self = CAP_LISTENER (user_data);

  take_segment (self, cap_segment_new_full (id, serial, text, final, start, finish, details));
}

static void
on_segment_retracted (CapDBusCaptions1Stream *stream, guint64 id, guint64 serial, gpointer user_data)
{
  CapListener *self = CAP_LISTENER (user_data);

  take_segment (self, cap_segment_new_retracted (id, serial));
}

static void
on_level (CapDBusCaptions1Stream *stream, double level, gpointer user_data)
{
  CapListener *self = CAP_LISTENER (user_data);

  if (self->step == STEP_LIVE && self->levels)
    g_signal_emit (self, signals[SIGNAL_LEVEL], 0, level);
}

static void
on_properties_changed (GDBusProxy *proxy,
                       GVariant *changed,
                       const char *const *invalidated,
                       gpointer user_data)
{
  CapListener *self = CAP_LISTENER (user_data);
  g_autofree char *owner = g_dbus_proxy_get_name_owner (proxy);
  CapState state;

  /* The proxy drops its cached properties when the service goes away. */
  if (self->step < STEP_LIVE || self->step == STEP_ENDED || owner == NULL)
    return;

  state = read_state (self);
  g_signal_emit (self, signals[SIGNAL_STATE], 0, &state);
}

static void
on_dropped (CapDBusCaptions1Stream *stream, const char *reason, gpointer user_data)
{
  CapListener *self = CAP_LISTENER (user_data);

  fail (self, g_error_new_literal (CAP_ERROR, CAP_ERROR_NOT_HOLDER,
                                   "the caption service stopped sending captions because this program "
                                   "read them too slowly. Start it again"));
  end (self);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  CapListener *self = CAP_LISTENER (user_data);
  gboolean bus_is_gone = connection == NULL || g_dbus_connection_is_closed (connection);

  fail_call (self, g_error_new_literal (G_DBUS_ERROR,
                                        bus_is_gone ? G_DBUS_ERROR_DISCONNECTED
                                                    : G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                                        ""));
  end (self);
}

static void
subscribe (CapListener *self)
{
  g_signal_connect_object (self->stream, "segment", G_CALLBACK (on_segment), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (self->stream, "segment-retracted", G_CALLBACK (on_segment_retracted), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (self->stream, "level", G_CALLBACK (on_level), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (self->stream, "dropped", G_CALLBACK (on_dropped), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (self->stream, "g-properties-changed", G_CALLBACK (on_properties_changed), self,
                           G_CONNECT_DEFAULT);

  self->watch_id = g_bus_watch_name_on_connection (self->connection, CAP_BUS_NAME,
                                                   G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   NULL, on_name_vanished, self, NULL);
}

static void
on_history (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapListener) self = CAP_LISTENER (user_data);
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GPtrArray) history = NULL;
  GError *error = NULL;

  cap_dbus_captions1_stream_call_get_segments_finish (CAP_DBUS_CAPTIONS1_STREAM (source),
                                                      &rows, result, &error);
  if (self->step != STEP_HISTORY)
    {
      g_clear_error (&error);
      return;
    }

  if (error != NULL)
    {
      fail_stream_call (self, error);
      close_stream (self);
      return;
    }

  history = parse_rows (rows);
  go_live (self, history);
}

static void
on_stream_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapListener) self = CAP_LISTENER (user_data);
  GError *error = NULL;
  CapDBusCaptions1Stream *stream =
      cap_dbus_captions1_stream_proxy_new_finish (result, &error);

  if (self->step != STEP_SUBSCRIBING)
    {
      g_clear_object (&stream);
      g_clear_error (&error);
      return;
    }

  if (stream == NULL || !has_owner (stream, &error))
    {
      g_clear_object (&stream);
      fail_call (self, error);
      end (self);
      return;
    }

  self->stream = stream;
  self->step = STEP_HISTORY;
  subscribe (self);
  cap_dbus_captions1_stream_call_get_segments (self->stream, 0, self->cancellable, on_history,
                                               g_object_ref (self));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapListener) self = CAP_LISTENER (user_data);
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *path = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply != NULL)
    g_variant_get (reply, "(o)", &path);

  if (self->step != STEP_OPENING)
    {
      g_clear_error (&error);
      if (path != NULL)
        call_stream (self, path, "Close", NULL);
      return;
    }

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (path == NULL)
    {
      fail_call (self, error);
      end (self);
      return;
    }

  self->path = g_steal_pointer (&path);
  self->step = STEP_SUBSCRIBING;
  if (self->paused)
    call_stream (self, self->path, "Pause", NULL);
  cap_dbus_captions1_stream_proxy_new (self->connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
                                       CAP_BUS_NAME, self->path, self->cancellable,
                                       on_stream_ready, g_object_ref (self));
}

static void
on_wished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapListener) self = CAP_LISTENER (user_data);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  const char *path;

  if (reply == NULL)
    return;

  /* The service keeps the new option, but the call added a hold that we do not need. */
  g_variant_get (reply, "(&o)", &path);
  call_stream (self, path, "Close", NULL);
}

static void
on_caught_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapListener) self = CAP_LISTENER (user_data);
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GPtrArray) segments = NULL;

  cap_dbus_captions1_stream_call_get_segments_finish (CAP_DBUS_CAPTIONS1_STREAM (source),
                                                      &rows, result, NULL);
  if (self->step != STEP_DRAINING)
    return;

  self->caught_up = TRUE;
  if (rows != NULL)
    {
      segments = parse_rows (rows);
      while (segments->len > 0)
        take_segment (self, g_ptr_array_steal_index (segments, 0));
    }
  close_when_drained (self);
}

static void
on_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapListener) self = CAP_LISTENER (user_data);

  cap_dbus_captions1_stream_call_flush_finish (CAP_DBUS_CAPTIONS1_STREAM (source), result, NULL);
  if (self->step != STEP_DRAINING)
    return;

  cap_dbus_captions1_stream_call_get_segments (self->stream, self->last_serial,
                                               self->cancellable, on_caught_up,
                                               g_object_ref (self));
}

/* public */

CapListener *
cap_listener_new (GDBusConnection *connection)
{
  CapListener *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  self = g_object_new (CAP_TYPE_LISTENER, NULL);
  self->connection = g_object_ref (connection);
  return self;
}

void
cap_listener_open (CapListener *self, GVariant *options)
{
  g_return_if_fail (CAP_IS_LISTENER (self));
  g_return_if_fail (options != NULL);
  g_return_if_fail (self->step == STEP_IDLE);

  self->step = STEP_OPENING;
  g_variant_ref_sink (options);
  g_variant_lookup (options, "levels", "b", &self->levels);
  set_timeout (self, OPEN_MS);
  call_open (self, options, on_opened);
  g_variant_unref (options);
}

void
cap_listener_finish (CapListener *self)
{
  g_return_if_fail (CAP_IS_LISTENER (self));

  if (self->step < STEP_LIVE)
    {
      close_stream (self);
      return;
    }
  if (self->step > STEP_LIVE)
    {
      end (self);
      return;
    }

  self->step = STEP_DRAINING;
  set_timeout (self, LAST_WORDS_MS);
  cap_dbus_captions1_stream_call_flush (self->stream, self->cancellable, on_flushed,
                                        g_object_ref (self));
}

void
cap_listener_close (CapListener *self)
{
  g_return_if_fail (CAP_IS_LISTENER (self));

  close_stream (self);
}

void
cap_listener_set_levels (CapListener *self, gboolean levels)
{
  GVariantDict dict;

  g_return_if_fail (CAP_IS_LISTENER (self));

  if (self->step != STEP_LIVE || self->levels == levels)
    return;

  self->levels = levels;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "stream", "o", self->path);
  g_variant_dict_insert (&dict, "partials", "b", TRUE);
  g_variant_dict_insert (&dict, "levels", "b", levels);
  call_open (self, g_variant_dict_end (&dict), on_wished);
}

void
cap_listener_set_paused (CapListener *self, gboolean paused)
{
  g_return_if_fail (CAP_IS_LISTENER (self));

  if (self->paused == paused)
    return;

  self->paused = paused;
  if (self->path != NULL && self->step < STEP_CLOSING)
    call_stream (self, self->path, paused ? "Pause" : "Resume", NULL);
}

void
cap_listener_retry (CapListener *self)
{
  g_return_if_fail (CAP_IS_LISTENER (self));

  if (self->step == STEP_LIVE)
    call_stream (self, self->path, "Retry", NULL);
}
