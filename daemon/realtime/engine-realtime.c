/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/engine-realtime-private.h"
#include "dbus/error.h"

/* One change of network is announced several times. */
#define NETWORK_MS 500

G_DEFINE_FINAL_TYPE (CapEngineRealtime, cap_engine_realtime, CAP_TYPE_ENGINE)

static void on_nobody_speaks (gpointer user_data);
static void on_tidy (gpointer user_data);
static void on_network (gpointer user_data);
static void on_network_changed (CapEngineRealtime *self, gboolean available);
static void cap_engine_realtime_start (CapEngine *engine);
static gsize cap_engine_realtime_push (CapEngine *engine,
                                       guint64 position,
                                       const gint16 *samples,
                                       gsize n_frames);
static void cap_engine_realtime_speech_begins (CapEngine *engine, guint64 position);
static void cap_engine_realtime_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why);
static void cap_engine_realtime_finish (CapEngine *engine);
static void cap_engine_realtime_rest (CapEngine *engine);

/* lifecycle */

static void
cap_engine_realtime_dispose (GObject *object)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (object);

  if (self->lines != NULL)
    cap_engine_realtime_stop (self);
  g_clear_pointer (&self->lines, cap_rollover_free);
  g_clear_pointer (&self->rest_alarm, cap_alarm_free);
  g_clear_pointer (&self->tidy_alarm, cap_alarm_free);
  g_clear_pointer (&self->network_alarm, cap_alarm_free);

  G_OBJECT_CLASS (cap_engine_realtime_parent_class)->dispose (object);
}

static void
cap_engine_realtime_finalize (GObject *object)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (object);

  g_clear_pointer (&self->provider, cap_provider_unref);
  g_clear_object (&self->providers);
  g_clear_object (&self->credentials);
  g_clear_object (&self->learnt);
  g_clear_object (&self->budget);
  g_free (self->language);

  G_OBJECT_CLASS (cap_engine_realtime_parent_class)->finalize (object);
}

static void
cap_engine_realtime_init (CapEngineRealtime *self)
{
  self->lines = cap_rollover_new (&cap_engine_realtime_rollover_funcs,
                                  &cap_engine_realtime_line_funcs, self);
  self->rest_alarm = cap_alarm_new ("engine-realtime: nobody speaks", on_nobody_speaks, self);
  self->tidy_alarm = cap_alarm_new ("engine-realtime: tidy", on_tidy, self);
  self->network_alarm = cap_alarm_new ("engine-realtime: network", on_network, self);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (on_network_changed), self, G_CONNECT_SWAPPED);
}

static void
cap_engine_realtime_class_init (CapEngineRealtimeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  CapEngineClass *engine_class = CAP_ENGINE_CLASS (klass);

  object_class->dispose = cap_engine_realtime_dispose;
  object_class->finalize = cap_engine_realtime_finalize;
  engine_class->start = cap_engine_realtime_start;
  engine_class->push = cap_engine_realtime_push;
  engine_class->speech_begins = cap_engine_realtime_speech_begins;
  engine_class->speech_ends = cap_engine_realtime_speech_ends;
  engine_class->finish = cap_engine_realtime_finish;
  engine_class->rest = cap_engine_realtime_rest;
}

/* private */

static CapEngineState
state_of (CapEngineRealtimePhase phase)
{
  switch (phase)
    {
    case PHASE_STOPPED:
      return CAP_ENGINE_STOPPED;
    case PHASE_CONNECTING:
    case PHASE_WAKING:
      return CAP_ENGINE_STARTING;
    case PHASE_RECONNECTING:
      return CAP_ENGINE_RECONNECTING;
    case PHASE_FAILED:
      return CAP_ENGINE_FAILED;
    default:
      return CAP_ENGINE_READY;
    }
}

void
cap_engine_realtime_set_phase (CapEngineRealtime *self, CapEngineRealtimePhase phase, const GError *why)
{
  CapEngine *engine = CAP_ENGINE (self);
  CapEngineState state = state_of (phase);

  self->phase = phase;
  if (phase == PHASE_FINISHING
      || (state == CAP_ENGINE_READY && cap_engine_get_state (engine) == CAP_ENGINE_READY))
    return;

  /* The state may be the same, with another reason or another host. */
  cap_engine_set_state (engine, state, why);
}

static gboolean
load_provider (CapEngineRealtime *self)
{
  const char *id = cap_engine_get_id (CAP_ENGINE (self));
  CapProvider *provider = cap_providers_get (self->providers, id);
  g_autoptr (GError) error = NULL;

  if (provider != NULL)
    {
      g_clear_pointer (&self->provider, cap_provider_unref);
      self->provider = provider;
      self->opener = cap_realtime_opener_new (provider, self->language, self->credentials, self->learnt,
                                              &cap_engine_realtime_opener_funcs, self);
    }
  if (provider != NULL && cap_realtime_opener_can_open (self->opener))
    return TRUE;

  if (provider == NULL)
    error = g_error_new (CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
                         "The provider “%s” was removed, or its settings are damaged. Choose another engine, "
                         "or set it up again: captionctl provider add %s", id, id);
  else
    error = g_error_new (CAP_ERROR, CAP_ERROR_NOT_CONFIGURED,
                         "No dialect fits the settings of the provider “%s”. Check its URL, its model and "
                         "its dialect with: captionctl provider show %s", id, id);
  cap_engine_realtime_set_phase (self, PHASE_FAILED, error);
  return FALSE;
}

static void
exhaust (CapEngineRealtime *self)
{
  g_autoptr (GError) error = cap_budget_make_error (self->budget);

  cap_engine_realtime_stop (self);
  cap_engine_realtime_set_phase (self, PHASE_FAILED, error);
}

void
cap_engine_realtime_begin (CapEngineRealtime *self, gboolean may_prompt)
{
  CapEngine *engine = CAP_ENGINE (self);
  gboolean running = cap_engine_get_state (engine) == CAP_ENGINE_READY
                     || cap_engine_get_state (engine) == CAP_ENGINE_RECONNECTING;
  guint64 open = cap_engine_realtime_stop (self);

  if (cap_budget_is_exhausted (self->budget))
    exhaust (self);
  else if (load_provider (self))
    {
      cap_engine_set_remote_host (engine, self->provider->host);
      cap_engine_realtime_set_phase (self, running ? PHASE_CONNECTING : PHASE_STOPPED, NULL);
      cap_realtime_opener_open (self->opener, may_prompt);
    }
  cap_engine_realtime_rewind_to (self, open);
}

static void
rest (CapEngineRealtime *self)
{
  cap_alarm_clear (self->rest_alarm);
  cap_rollover_close_current (self->lines);
  cap_engine_realtime_set_phase (self, PHASE_RESTING, NULL);
}

static void
wake (CapEngineRealtime *self)
{
  cap_engine_realtime_set_phase (self, PHASE_WAKING, NULL);
  /* A new session may answer the turns that the one before dropped. */
  self->n_vain = 0;
  cap_realtime_opener_open_again (self->opener, NULL, TRUE);
}

static void
finish (CapEngineRealtime *self)
{
  CapRealtimeLine *line = cap_rollover_get_line (self->lines);

  if (line != NULL)
    {
      cap_realtime_line_close (line);
      return;
    }

  cap_engine_realtime_stop (self);
  cap_engine_emit_finished (CAP_ENGINE (self));
}

static gboolean
must_stop (CapEngineRealtime *self)
{
  return cap_budget_is_exhausted (self->budget) && cap_rollover_is_idle (self->lines)
         && self->phase != PHASE_FINISHING && self->phase != PHASE_FAILED && self->phase != PHASE_STOPPED;
}

static void
act_when_idle (CapEngineRealtime *self)
{
  if (self->phase == PHASE_FINISHING)
    finish (self);
  else if (self->phase == PHASE_RESTARTING)
    cap_engine_realtime_begin (self, FALSE);
  else if (self->phase == PHASE_WINDING_DOWN && !self->speaking)
    rest (self);
  else
    cap_engine_emit_hungry (CAP_ENGINE (self));
}

/* A turn that is open goes on in any case. */
static gboolean
may_take_speech (CapEngineRealtime *self)
{
  CapRealtimeLine *line = cap_rollover_get_line (self->lines);

  return (line != NULL && cap_realtime_line_is_turn_open (line))
         || (self->phase != PHASE_RESTARTING && !cap_budget_is_exhausted (self->budget));
}

static void
push_silence (CapEngineRealtime *self, guint64 position, gsize n_frames)
{
  CapRealtimeLine *line = cap_rollover_get_line (self->lines);

  if (line == NULL)
    {
      cap_engine_emit_settled (CAP_ENGINE (self), position, position + n_frames);
      return;
    }

  /* Silence ends a turn that had only been cut for its length. */
  cap_realtime_line_end_turn (line, position, FALSE);
  cap_realtime_line_skip (line, position, n_frames);
}

static gsize
push_speech (CapEngineRealtime *self, guint64 position, const gint16 *samples, gsize n_frames)
{
  CapRealtimeLine *line = cap_rollover_get_line (self->lines);
  gsize n;

  if (!may_take_speech (self))
    return 0;
  if (line == NULL)
    {
      wake (self);
      return 0;
    }

  n = cap_realtime_line_push (line, position, samples, n_frames);
  cap_engine_add_sent (CAP_ENGINE (self), n);
  cap_budget_spend (self->budget, n);
  return n;
}

/* callbacks */

static void
on_nobody_speaks (gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  if (self->phase == PHASE_LISTENING)
    cap_engine_realtime_set_phase (self, PHASE_WINDING_DOWN, NULL);
  cap_alarm_set (self->tidy_alarm, 0);
}

static void
on_tidy (gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  cap_rollover_close_last (self->lines);
  if (self->turn_lost)
    cap_engine_realtime_send_again (self);
  else if (must_stop (self))
    exhaust (self);
  else if (cap_rollover_is_idle (self->lines))
    act_when_idle (self);
  else
    cap_engine_emit_hungry (CAP_ENGINE (self));
}

/* A running engine takes other settings, or another key, at the next pause. */
static void
on_provider_changed (CapEngineRealtime *self, const char *id)
{
  CapEngine *engine = CAP_ENGINE (self);
  g_autoptr (CapProvider) provider = cap_providers_get (self->providers, id);

  if (self->provider == NULL || !g_str_equal (id, self->provider->id) || self->phase == PHASE_FINISHING)
    return;

  /* After a provider was removed, nothing more may be sent to it. */
  if (provider != NULL && cap_engine_get_state (engine) == CAP_ENGINE_READY
      && !cap_rollover_is_idle (self->lines))
    cap_engine_realtime_set_phase (self, PHASE_RESTARTING, NULL);
  else
    cap_engine_realtime_begin (self, FALSE);
}

static void
on_budget_changed (CapEngineRealtime *self)
{
  const GError *failure = cap_engine_get_failure (CAP_ENGINE (self));

  if (cap_budget_is_exhausted (self->budget))
    cap_alarm_set (self->tidy_alarm, 0);
  else if (self->phase == PHASE_FAILED && g_error_matches (failure, CAP_ERROR, CAP_ERROR_BUDGET_EXHAUSTED))
    cap_engine_realtime_begin (self, FALSE);
}

static void
on_network_changed (CapEngineRealtime *self, gboolean available)
{
  if (available)
    cap_alarm_set (self->network_alarm, NETWORK_MS);
}

/* A network that wants a password first answers in the place of the service. */
static gboolean
was_captive (CapEngineRealtime *self)
{
  const GError *failure = cap_engine_get_failure (CAP_ENGINE (self));

  return self->phase == PHASE_FAILED
         && (g_error_matches (failure, CAP_ERROR, CAP_ERROR_TLS_FAILED)
             || g_error_matches (failure, CAP_ERROR, CAP_ERROR_REDIRECT_REFUSED));
}

/* A try that waits goes ahead, and an open session has to show that its
 * connection survived. */
static void
on_network (gpointer user_data)
{
  CapEngineRealtime *self = user_data;
  CapRealtimeLine *line = cap_rollover_get_line (self->lines);

  if (was_captive (self))
    cap_engine_realtime_begin (self, FALSE);
  else if (line != NULL)
    cap_realtime_line_check (line);
  else if (self->opener != NULL)
    cap_realtime_opener_hurry (self->opener);
}

/* engine */

static void
cap_engine_realtime_start (CapEngine *engine)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);

  if (self->phase != PHASE_FINISHING)
    cap_engine_realtime_begin (self, TRUE);
}

static gsize
cap_engine_realtime_push (CapEngine *engine, guint64 position, const gint16 *samples, gsize n_frames)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);
  gsize n = n_frames;

  if (self->speaking)
    n = push_speech (self, position, samples, n_frames);
  else
    push_silence (self, position, n_frames);

  self->taken = position + n;
  return n;
}

static void
cap_engine_realtime_speech_begins (CapEngine *engine, guint64 position)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);

  self->speaking = TRUE;
  cap_alarm_clear (self->rest_alarm);
  if (self->phase == PHASE_WINDING_DOWN)
    cap_engine_realtime_set_phase (self, PHASE_LISTENING, NULL);
}

static void
cap_engine_realtime_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);
  CapRealtimeLine *line = cap_rollover_get_line (self->lines);
  gboolean goes_on = why == CAP_GATE_LENGTH;

  self->speaking = FALSE;
  if (line == NULL)
    return;

  /* A service that detects turns must not hear a pause where there is none,
   * except in a session that is to be left. */
  if (self->phase == PHASE_RESTARTING || cap_rollover_is_urgent (self->lines))
    goes_on = FALSE;
  cap_realtime_line_end_turn (line, position, goes_on);
  if (!goes_on)
    cap_engine_realtime_change_over (self);
  cap_alarm_set (self->rest_alarm, self->idle_ms);
  cap_alarm_set (self->tidy_alarm, 0);
}

static void
cap_engine_realtime_finish (CapEngine *engine)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);
  CapRealtimeLine *line = cap_rollover_get_line (self->lines);

  cap_engine_realtime_set_phase (self, PHASE_FINISHING, NULL);
  if (line != NULL)
    cap_realtime_line_end_turn (line, self->taken, FALSE);
  else
    cap_engine_realtime_stop (self);
  cap_alarm_set (self->tidy_alarm, 0);
}

static void
cap_engine_realtime_rest (CapEngine *engine)
{
  on_nobody_speaks (CAP_ENGINE_REALTIME (engine));
}

/* public methods */

CapEngine *
cap_engine_realtime_new (const char *id,
                         const char *language,
                         CapProviders *providers,
                         CapCredentials *credentials,
                         CapLearnt *learnt,
                         CapBudget *budget,
                         guint idle_seconds)
{
  CapEngineRealtime *self;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (language != NULL, NULL);
  g_return_val_if_fail (CAP_IS_PROVIDERS (providers), NULL);
  g_return_val_if_fail (CAP_IS_CREDENTIALS (credentials), NULL);
  g_return_val_if_fail (CAP_IS_LEARNT (learnt), NULL);
  g_return_val_if_fail (CAP_IS_BUDGET (budget), NULL);

  self = g_object_new (CAP_TYPE_ENGINE_REALTIME, "id", id, NULL);
  self->language = g_strdup (language);
  self->providers = g_object_ref (providers);
  self->credentials = g_object_ref (credentials);
  self->learnt = g_object_ref (learnt);
  self->budget = g_object_ref (budget);
  self->idle_ms = idle_seconds * 1000;
  g_signal_connect_object (budget, "changed", G_CALLBACK (on_budget_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (providers, "changed", G_CALLBACK (on_provider_changed), self,
                           G_CONNECT_SWAPPED);
  return CAP_ENGINE (self);
}
