/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/subscription.h"
#include "common/listener.h"
#include "dbus/error.h"
#include "dbus/names.h"
#include "overlay/service/explain.h"

#include <glib/gi18n.h>

#define FIRST_DELAY_MS 500
#define LONGEST_DELAY_MS (30 * 1000)
/* A stream that lasted this long ended for another reason than the one before it. */
#define LASTED_US (60 * G_USEC_PER_SEC)
/* The service counts its limits by the minute. */
#define LIMIT_DELAY_MS (60 * 1000)

struct _CapSubscription
{
  GObject parent_instance;

  GDBusConnection *connection;
  gboolean wanted;
  char *join; /* path of the stream to join; NULL for a stream with the defaults */
  gboolean paused;
  gboolean levels;

  CapListener *listener; /* the stream whose captions are passed on */
  CapListener *next;     /* replaces @listener once it is open */
  guint watch_id;
  guint retry_id;
  guint delay; /* ms before the latest try */
  gint64 live_since;

  CapState *state;  /* state of the stream, or the state to show without one */
  CapState shown;   /* @state, or "paused" while we are paused */
  guint64 newest_id;
  GHashTable *unfinished; /* CapSegment by id */
  gboolean silent;
};

enum
{
  SIGNAL_BEGUN,
  SIGNAL_SEGMENT,
  SIGNAL_CAUGHT_UP,
  SIGNAL_STATE,
  SIGNAL_LEVEL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapSubscription, cap_subscription, G_TYPE_OBJECT)

static void open_next (CapSubscription *self);
static CapState *new_state (const char *state, const char *reason, const char *message);
static void on_state (CapSubscription *self, const CapState *state, CapListener *listener);
static void on_level (CapSubscription *self, double level, CapListener *listener);
static void on_ended (CapSubscription *self, const GError *error, CapListener *listener);

/* lifecycle */

static void
drop (CapSubscription *self, CapListener **listener)
{
  if (*listener == NULL)
    return;

  g_signal_handlers_disconnect_by_data (*listener, self);
  cap_listener_close (*listener);
  g_clear_object (listener);
}

/* Stops listening, but the last segments still arrive until another stream begins. */
static void
let_go (CapSubscription *self)
{
  if (self->listener == NULL)
    return;

  g_signal_handlers_disconnect_by_func (self->listener, on_state, self);
  g_signal_handlers_disconnect_by_func (self->listener, on_level, self);
  g_signal_handlers_disconnect_by_func (self->listener, on_ended, self);
  cap_listener_close (self->listener);
  g_clear_object (&self->listener);
}

static void
drop_all (CapSubscription *self)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  drop (self, &self->next);
  drop (self, &self->listener);
}

static void
cap_subscription_dispose (GObject *object)
{
  CapSubscription *self = CAP_SUBSCRIPTION (object);

  drop_all (self);

  G_OBJECT_CLASS (cap_subscription_parent_class)->dispose (object);
}

static void
cap_subscription_finalize (GObject *object)
{
  CapSubscription *self = CAP_SUBSCRIPTION (object);

  g_clear_object (&self->connection);
  g_free (self->join);
  cap_state_free (self->state);
  g_hash_table_unref (self->unfinished);

  G_OBJECT_CLASS (cap_subscription_parent_class)->finalize (object);
}

static void
cap_subscription_class_init (CapSubscriptionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cap_subscription_dispose;
  object_class->finalize = cap_subscription_finalize;

  signals[SIGNAL_BEGUN] = g_signal_new ("begun", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT64);
  signals[SIGNAL_SEGMENT] = g_signal_new ("segment", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CAUGHT_UP] = g_signal_new ("caught-up", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STATE] = g_signal_new ("state", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LEVEL] = g_signal_new ("level", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
cap_subscription_init (CapSubscription *self)
{
  self->silent = TRUE;
  self->unfinished = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                            (GDestroyNotify) cap_segment_free);
  self->state = new_state ("closed", "", "");
  self->shown = *self->state;

  /* CAP_ERROR registers the names of errors. */
  g_assert (CAP_ERROR != 0);
}

/* state */

static CapState *
new_state (const char *state, const char *reason, const char *message)
{
  return cap_state_copy (&(CapState) {
    .stream = "",
    .state = state,
    .reason = reason,
    .message = message,
    .source = "",
    .description = "",
    .engine = "",
    .remote_host = "",
    .language = "",
  });
}

/* A stream pauses only when all its holders do. While others keep it running, we
 * show nothing of it. */
static gboolean
is_paused_for_us (CapSubscription *self)
{
  const char *const at_work[] = { "starting", "waiting", "connecting", "listening", "reconnecting", NULL };

  return self->paused && self->listener != NULL && g_strv_contains (at_work, self->state->state);
}

static void
show_state (CapSubscription *self)
{
  self->shown = *self->state;
  if (is_paused_for_us (self))
    {
      self->shown.state = "paused";
      self->shown.reason = self->shown.message = "";
    }
  g_signal_emit (self, signals[SIGNAL_STATE], 0);
}

static void
set_state (CapSubscription *self, CapState *state)
{
  if (cap_state_equal (self->state, state))
    {
      cap_state_free (state);
      return;
    }

  cap_state_free (self->state);
  self->state = state;
  show_state (self);
}

static void
say_error (CapSubscription *self, const char *state, const GError *error)
{
  g_autofree char *name = g_dbus_error_encode_gerror (error);

  set_state (self, new_state (state, name, error->message));
}

/* end of a stream, and recovery */

static void
on_due (gpointer user_data)
{
  CapSubscription *self = user_data;

  self->retry_id = 0;
  open_next (self);
}

static void
try_after (CapSubscription *self, guint milliseconds)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->retry_id = g_timeout_add_once (milliseconds, on_due, self);
}

static void
back_off (CapSubscription *self)
{
  if (self->live_since != 0 && g_get_monotonic_time () - self->live_since >= LASTED_US)
    self->delay = 0;
  self->live_since = 0;

  self->delay = self->delay == 0 ? FIRST_DELAY_MS : MIN (2 * self->delay, LONGEST_DELAY_MS);
  try_after (self, self->delay);
}

static void
lose_bus (CapSubscription *self, const GError *error)
{
  drop_all (self);
  self->wanted = FALSE;
  say_error (self, "closed", error);
}

static void
on_bus_closed (CapSubscription *self)
{
  g_autoptr (GError) error = g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED, "");

  if (!self->wanted)
    return;

  cap_explain (error);
  lose_bus (self, error);
}

/* The service may give the number of the stream to another one, which the user did
 * not ask for. So only the user can join again. */
static void
end_joined (CapSubscription *self)
{
  g_autoptr (GError) error = g_error_new_literal (
      G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT,
      _("The captions that you joined have ended. Start the overlay without --join to show your own."));

  drop_all (self);
  say_error (self, "failed", error);
}

static gboolean
is_stream_gone (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT);
}

/* Handles the loss of the stream. If no retry is scheduled, the next one follows
 * when the name of the service appears on the bus. */
static void
recover (CapSubscription *self, const GError *error)
{
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED))
    lose_bus (self, error);
  else if (self->join != NULL
           && (is_stream_gone (error) || g_error_matches (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION)))
    end_joined (self);
  else if (is_stream_gone (error) || g_error_matches (error, CAP_ERROR, CAP_ERROR_NOT_HOLDER))
    {
      say_error (self, "starting", error);
      back_off (self);
    }
  else
    {
      say_error (self, "failed", error);
      if (g_error_matches (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED))
        try_after (self, LIMIT_DELAY_MS);
      else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT))
        back_off (self);
    }
}

static GError *
explain_end (const GError *error)
{
  GError *explained = g_error_copy (error);

  if (g_error_matches (error, CAP_ERROR, CAP_ERROR_NOT_HOLDER))
    {
      g_free (explained->message);
      explained->message = g_strdup (
          _("Some captions were lost because the computer was too busy. Resuming."));
    }
  else
    cap_explain (explained);

  return explained;
}

/* Makes the unfinished segments of a lost stream final, as the service would have
 * done, so that they reach the transcript and do not stay on the screen. */
static void
finish_words (CapSubscription *self)
{
  g_autoptr (GHashTable) unfinished = self->unfinished;
  GHashTableIter iter;
  CapSegment *segment;

  self->unfinished = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                            (GDestroyNotify) cap_segment_free);
  g_hash_table_iter_init (&iter, unfinished);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &segment))
    {
      GVariantDict details;

      g_variant_dict_init (&details, segment->details);
      g_variant_dict_insert (&details, "incomplete", "b", TRUE);
      g_variant_unref (segment->details);
      segment->details = g_variant_ref_sink (g_variant_dict_end (&details));
      segment->final = TRUE;
      segment->serial++;
      g_signal_emit (self, signals[SIGNAL_SEGMENT], 0, segment);
    }
}

static void
lose_stream (CapSubscription *self, const GError *error)
{
  finish_words (self);
  drop (self, &self->listener);

  if (self->next == NULL)
    recover (self, error);
  else
    /* Another stream is already being opened. */
    say_error (self, "starting", error);
}

static void
on_ended (CapSubscription *self, const GError *error, CapListener *listener)
{
  g_autoptr (GError) explained = explain_end (error);

  if (listener == self->listener)
    {
      lose_stream (self, explained);
      return;
    }

  drop (self, &self->next);
  if (self->listener != NULL && g_error_matches (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED))
    {
      /* Captions with the old options are better than none. */
      try_after (self, LIMIT_DELAY_MS);
      return;
    }

  drop (self, &self->listener);
  recover (self, explained);
}

/* stream */

static void
adopt (CapSubscription *self, const CapState *state)
{
  finish_words (self);
  drop (self, &self->listener);
  self->listener = g_steal_pointer (&self->next);
  self->live_since = g_get_monotonic_time ();
  self->newest_id = 0;
  self->silent = TRUE;
  cap_listener_set_levels (self->listener, self->levels);
  g_signal_emit (self, signals[SIGNAL_BEGUN], 0, state->stream, state->epoch);
}

static void
on_state (CapSubscription *self, const CapState *state, CapListener *listener)
{
  if (listener == self->next && self->listener != NULL && g_str_equal (state->stream, self->state->stream))
    {
      /* The new options lead to the same stream, which continues. */
      drop (self, &self->next);
      return;
    }
  if (listener == self->next)
    adopt (self, state);

  if (g_str_equal (state->state, "closed"))
    {
      g_autoptr (GError) error = g_error_new_literal (
          G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT,
          _("The caption service ended the captions. Restarting them."));

      lose_stream (self, error);
      return;
    }
  set_state (self, cap_state_copy (state));
}

static void
remember_unfinished (CapSubscription *self, const CapSegment *segment)
{
  CapSegment *copy;

  if (segment->final || segment->retracted)
    {
      g_hash_table_remove (self->unfinished, &segment->id);
      return;
    }

  copy = cap_segment_copy (segment);
  g_hash_table_replace (self->unfinished, &copy->id, copy);
}

static void
on_segment (CapSubscription *self, const CapSegment *segment, CapListener *listener)
{
  if (self->listener != NULL && listener != self->listener)
    return;

  /* Others kept the stream running while we were paused. */
  if (is_paused_for_us (self) && segment->id > self->newest_id)
    return;

  self->newest_id = MAX (self->newest_id, segment->id);
  remember_unfinished (self, segment);
  g_signal_emit (self, signals[SIGNAL_SEGMENT], 0, segment);
  if (self->silent && !segment->retracted && *segment->text != '\0')
    {
      self->silent = FALSE;
      g_signal_emit (self, signals[SIGNAL_STATE], 0);
    }
}

static void
on_caught_up (CapSubscription *self, CapListener *listener)
{
  if (listener == self->listener)
    g_signal_emit (self, signals[SIGNAL_CAUGHT_UP], 0);
}

static void
on_level (CapSubscription *self, double level, CapListener *listener)
{
  if (listener == self->listener && self->levels)
    g_signal_emit (self, signals[SIGNAL_LEVEL], 0, level);
}

static GVariant *
compose_options (CapSubscription *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "partials", "b", TRUE);
  g_variant_dict_insert (&dict, "levels", "b", self->levels);
  if (self->join != NULL)
    g_variant_dict_insert (&dict, "stream", "o", self->join);

  return g_variant_dict_end (&dict);
}

static void
on_name_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  CapSubscription *self = user_data;

  if (self->listener == NULL && self->next == NULL)
    open_next (self);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  CapSubscription *self = user_data;

  /* The limits ended with the service. The delay gives a service that is about to
   * exit time to do so. */
  if (self->listener == NULL && self->retry_id != 0
      && g_str_equal (self->state->reason, CAP_ERROR_PREFIX "LimitExceeded"))
    back_off (self);
}

static void
watch_name (CapSubscription *self)
{
  if (self->watch_id == 0)
    self->watch_id = g_bus_watch_name_on_connection (self->connection, CAP_BUS_NAME,
                                                     G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                     on_name_appeared, on_name_vanished, self, NULL);
}

static void
open_next (CapSubscription *self)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  drop (self, &self->next);
  if (g_dbus_connection_is_closed (self->connection))
    {
      on_bus_closed (self);
      return;
    }

  self->next = cap_listener_new (self->connection);
  g_signal_connect_object (self->next, "state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->next, "segment", G_CALLBACK (on_segment), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->next, "caught-up", G_CALLBACK (on_caught_up), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->next, "level", G_CALLBACK (on_level), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->next, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);

  watch_name (self);
  cap_listener_set_paused (self->next, self->paused);
  cap_listener_open (self->next, compose_options (self));
}

static void
begin (CapSubscription *self)
{
  self->wanted = TRUE;
  self->delay = 0;
  if (self->listener == NULL)
    set_state (self, new_state ("starting", "", ""));
  open_next (self);
}

/* pausing */

static void
set_paused (CapSubscription *self, gboolean paused)
{
  if (self->paused == paused)
    return;

  self->paused = paused;
  if (self->listener != NULL)
    cap_listener_set_paused (self->listener, paused);
  if (self->next != NULL)
    cap_listener_set_paused (self->next, paused);
  show_state (self);
}

/* public */

CapSubscription *
cap_subscription_new (GDBusConnection *connection)
{
  CapSubscription *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  self = g_object_new (CAP_TYPE_SUBSCRIPTION, NULL);
  self->connection = g_object_ref (connection);
  g_signal_connect_object (connection, "closed", G_CALLBACK (on_bus_closed), self, G_CONNECT_SWAPPED);
  return self;
}

void
cap_subscription_open (CapSubscription *self)
{
  g_return_if_fail (CAP_IS_SUBSCRIPTION (self));

  g_clear_pointer (&self->join, g_free);
  begin (self);
}

void
cap_subscription_join (CapSubscription *self, const char *path)
{
  g_autofree char *join = g_strdup (path);

  g_return_if_fail (CAP_IS_SUBSCRIPTION (self));
  g_return_if_fail (g_variant_is_object_path (path));

  g_free (self->join);
  self->join = g_steal_pointer (&join);
  begin (self);
}

gboolean
cap_subscription_is_joined (CapSubscription *self)
{
  g_return_val_if_fail (CAP_IS_SUBSCRIPTION (self), FALSE);

  return self->wanted && self->join != NULL;
}

void
cap_subscription_close (CapSubscription *self)
{
  g_return_if_fail (CAP_IS_SUBSCRIPTION (self));

  /* Without the bus, the state already is "closed" with an error. */
  if (!self->wanted)
    return;

  self->wanted = FALSE;
  let_go (self);
  drop_all (self);
  set_state (self, new_state ("closed", "", ""));
}

void
cap_subscription_pause (CapSubscription *self)
{
  g_return_if_fail (CAP_IS_SUBSCRIPTION (self));

  set_paused (self, TRUE);
}

void
cap_subscription_resume (CapSubscription *self)
{
  g_return_if_fail (CAP_IS_SUBSCRIPTION (self));

  set_paused (self, FALSE);
}

void
cap_subscription_retry (CapSubscription *self)
{
  g_return_if_fail (CAP_IS_SUBSCRIPTION (self));

  if (self->listener != NULL)
    cap_listener_retry (self->listener);
  else if (self->wanted && self->next == NULL)
    begin (self);
}

void
cap_subscription_set_levels (CapSubscription *self, gboolean levels)
{
  g_return_if_fail (CAP_IS_SUBSCRIPTION (self));

  self->levels = levels;
  if (self->listener != NULL)
    cap_listener_set_levels (self->listener, levels);
}

const CapState *
cap_subscription_get_state (CapSubscription *self)
{
  g_return_val_if_fail (CAP_IS_SUBSCRIPTION (self), NULL);

  return &self->shown;
}

gboolean
cap_subscription_is_silent (CapSubscription *self)
{
  g_return_val_if_fail (CAP_IS_SUBSCRIPTION (self), FALSE);

  return self->silent;
}
