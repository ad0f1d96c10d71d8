/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/engine-realtime.h"
#include "base/alarm.h"
#include "dbus/error.h"
#include "realtime/line.h"
#include "realtime/opener.h"

/* The next session is opened in the last half of a session's life, or its last
 * five minutes, and takes its place at a pause. So shortly before the end
 * it does where the gate cuts speech that does not pause: it does so every
 * fifteen seconds, so that the last twenty are not needed. */
#define LEAD_PART 2
#define LONGEST_LEAD_MS (5 * 60 * 1000)
#define URGENT_US (40 * G_USEC_PER_SEC)

/* So often in a row a turn that got no text was asked for again for nothing:
 * the service just drops some. */
#define TRIES_IN_VAIN 3

/* The network changes several times when it changes. */
#define NETWORK_MS 500

/* After a next session could not be had. */
#define NEXT_WAIT_MS 30000

/* A session that wrote something was a good one, or one that lasted so long. */
#define HEALTHY_US (60 * G_USEC_PER_SEC)

/* struct */

struct _CapEngineRealtime
{
  CapEngine parent_instance;

  CapProviders *providers;
  CapCredentials *credentials;
  CapLearnt *learnt;
  CapBudget *budget;
  char *language;
  guint idle_ms;

  CapProvider *provider;  /* NULL before start */

  /* READY without a line is at rest: speech opens one. */
  CapRealtimeOpener *opener;
  CapRealtimeLine *line;  /* takes audio */
  gboolean was_ready;     /* since the last start */
  gboolean wrote;         /* since a session was lost */

  /* What takes its place before it ends. */
  CapRealtimeOpener *next_opener;
  CapRealtimeLine *next;
  CapAlarm *next_alarm;

  CapRealtimeLine *last;  /* takes none, and owes texts, or says goodbye */

  CapAlarm *rest_alarm;   /* nobody speaks */
  CapAlarm *tidy_alarm;   /* what a callback must not do from inside */
  CapAlarm *network_alarm;

  gboolean speaking;      /* the gate says */
  gboolean restarting;    /* at the next pause */
  gboolean resting;       /* as soon as all has its text */
  gboolean finishing;
  guint64 taken;          /* position after what was taken */
  guint64 utterances;

  guint64 asked_again;    /* position after the last turn that was */
  guint n_vain;           /* of them, in a row */
  gboolean turn_lost;     /* one is to be */
};

G_DEFINE_FINAL_TYPE (CapEngineRealtime, cap_engine_realtime, CAP_TYPE_ENGINE)

static void begin (CapEngineRealtime *self, gboolean may_prompt);

/* lines */

static void
clear_line (CapRealtimeLine **line)
{
  g_clear_pointer (line, cap_realtime_line_free);
}

/* Returns the first position that was taken and has no text now: what is to be
 * rewound to, when the state is what it will be. */
static guint64
drop_lines (CapEngineRealtime *self)
{
  guint64 open = G_MAXUINT64;

  if (self->line != NULL)
    open = MIN (open, cap_realtime_line_get_open (self->line));
  if (self->last != NULL)
    open = MIN (open, cap_realtime_line_get_open (self->last));
  clear_line (&self->line);
  clear_line (&self->last);
  cap_alarm_clear (self->rest_alarm);
  self->turn_lost = FALSE;
  return open;
}

/* All that was taken has its text. */
static gboolean
is_idle (CapEngineRealtime *self)
{
  return (self->line == NULL || cap_realtime_line_is_idle (self->line))
         && (self->last == NULL || cap_realtime_line_is_idle (self->last));
}

static void
rewind_to (CapEngineRealtime *self, guint64 open)
{
  if (open == G_MAXUINT64)
    return;

  self->speaking = FALSE;
  self->finishing = FALSE;
  self->taken = MIN (self->taken, open);
  cap_engine_emit_rewind (CAP_ENGINE (self), open);
}

static void
drop_next (CapEngineRealtime *self)
{
  cap_alarm_clear (self->next_alarm);
  g_clear_pointer (&self->next_opener, cap_realtime_opener_free);
  clear_line (&self->next);
}

static guint64
stop (CapEngineRealtime *self)
{
  drop_next (self);
  g_clear_pointer (&self->opener, cap_realtime_opener_free);
  return drop_lines (self);
}

/* from one session to the next */

static gboolean
is_ending (CapEngineRealtime *self)
{
  gint64 end = cap_realtime_line_get_end (self->line);

  return end != 0 && end - g_get_monotonic_time () < URGENT_US;
}

static void
plan_next (CapEngineRealtime *self)
{
  gint64 end = cap_realtime_line_get_end (self->line);
  gint64 left = MAX (end - g_get_monotonic_time (), 0) / 1000;
  gint64 lead = MIN (left / LEAD_PART, LONGEST_LEAD_MS);

  if (end == 0)
    cap_alarm_clear (self->next_alarm);
  else
    cap_alarm_set (self->next_alarm, left - lead + g_random_int_range (0, lead / 4 + 1));
}

/* Later audio goes to the next session; the one before has the time to write
 * what it owes. */
static void
change_over (CapEngineRealtime *self)
{
  if (self->next == NULL || self->last != NULL)
    return;

  /* One that goes on beyond a cut for its length. */
  cap_realtime_line_end_turn (self->line, self->taken, FALSE);
  self->last = self->line;
  self->line = g_steal_pointer (&self->next);
  plan_next (self);
  cap_alarm_set (self->tidy_alarm, 0);
}

/* the session */

/* The service takes no audio any more, or another one is to: what has no text
 * is asked for in the next session, which may be there already. */
static void
replace_line (CapEngineRealtime *self, const CapFault *fault)
{
  gint64 begun = self->line != NULL ? cap_realtime_line_get_begun (self->line) : G_MAXINT64;
  gboolean good = self->wrote || g_get_monotonic_time () - begun >= HEALTHY_US;
  guint64 open = drop_lines (self);

  self->wrote = FALSE;
  cap_engine_count_reconnect (CAP_ENGINE (self));
  self->line = g_steal_pointer (&self->next);
  drop_next (self);
  if (self->line != NULL)
    {
      plan_next (self);
      /* Speech that is fed again clears it. */
      cap_alarm_set (self->rest_alarm, self->idle_ms);
    }
  else
    cap_realtime_opener_open_again (self->opener, fault, good);
  /* What waited for the last text need not wait for another. */
  cap_alarm_set (self->tidy_alarm, 0);
  rewind_to (self, open);
}

static void
on_line_ended (CapRealtimeLine *line, const CapFault *fault, gpointer user_data)
{
  CapEngineRealtime *self = user_data;
  g_autoptr (CapEngineRealtime) kept = g_object_ref (self);
  g_autoptr (CapFault) owned = fault != NULL ? cap_fault_copy (fault) : NULL;

  if (line == self->next)
    {
      drop_next (self);
      cap_alarm_set (self->next_alarm, NEXT_WAIT_MS);
    }
  else if (owned != NULL && !self->restarting && !(self->finishing && is_idle (self))
           && (line == self->line || !cap_realtime_line_is_idle (line)))
    replace_line (self, owned);
  else if (line == self->line && !self->finishing)
    begin (self, FALSE);
  else
    {
      clear_line (line == self->line ? &self->line : &self->last);
      cap_alarm_set (self->tidy_alarm, 0);
    }
}

static void
on_line_refused (guint fields, gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  cap_learnt_add_refused (self->learnt, self->provider, fields);
}

static void
on_line_billed (double seconds, gpointer user_data)
{
  cap_engine_add_billed (user_data, seconds);
}

static void
on_line_hungry (gpointer user_data)
{
  cap_engine_emit_hungry (user_data);
}

/* turns */

static guint64
on_next_utterance (gpointer user_data)
{
  return ++CAP_ENGINE_REALTIME (user_data)->utterances;
}

static void
on_hypothesis (const CapHypothesis *hypothesis, gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  if (hypothesis->final && *hypothesis->text != '\0')
    {
      self->wrote = TRUE;
      self->n_vain = hypothesis->begin < self->asked_again ? 0 : self->n_vain;
    }
  cap_engine_emit_hypothesis (CAP_ENGINE (self), hypothesis);
}

static void
on_settled (guint64 begin, guint64 end, gpointer user_data)
{
  cap_engine_emit_settled (user_data, begin, end);
}

static void
on_turns_idle (gpointer user_data)
{
  cap_alarm_set (CAP_ENGINE_REALTIME (user_data)->tidy_alarm, 0);
}

/* A turn without its text is asked for once more, in a session of its own: what
 * one service lost, or one server of many, another may know. */
static gboolean
on_lost (guint64 begin, guint64 end, gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  /* The session is to be left already, with all that it owes. */
  if (self->turn_lost)
    {
      self->asked_again = MAX (self->asked_again, end);
      return TRUE;
    }
  if (begin < self->asked_again)
    {
      self->n_vain++;
      return FALSE;
    }
  if (self->n_vain >= TRIES_IN_VAIN)
    return FALSE;

  self->asked_again = end;
  self->turn_lost = TRUE;
  cap_alarm_set (self->tidy_alarm, 0);
  return TRUE;
}

static const CapRealtimeLineFuncs line_funcs = {
  .ended = on_line_ended,
  .refused = on_line_refused,
  .billed = on_line_billed,
  .hungry = on_line_hungry,
  .turns = { on_next_utterance, on_hypothesis, on_settled, on_turns_idle, on_lost },
};

/* opening */

static void
on_connecting (gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  if (!self->was_ready)
    cap_engine_set_state (user_data, CAP_ENGINE_STARTING, NULL);
}

static void
on_retrying (const GError *why, gpointer user_data)
{
  cap_engine_set_state (user_data, CAP_ENGINE_RECONNECTING, why);
}

static void
on_opened (CapRealtimeSession *session, gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  self->was_ready = TRUE;
  self->line = cap_realtime_line_new (session, &line_funcs, self);
  plan_next (self);
  if (!self->speaking)
    cap_alarm_set (self->rest_alarm, self->idle_ms);
  cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_READY, NULL);
}

static void
on_failed (const GError *why, gpointer user_data)
{
  CapEngineRealtime *self = user_data;
  guint64 open = drop_lines (self);

  drop_next (self);
  cap_engine_set_state (user_data, CAP_ENGINE_FAILED, why);
  rewind_to (self, open);
}

static const CapRealtimeOpenerFuncs opener_funcs = { on_connecting, on_retrying, on_opened, on_failed };

/* The session that there is goes on meanwhile. */
static void
on_next_retrying (const GError *why, gpointer user_data)
{
}

static void
on_next_opened (CapRealtimeSession *session, gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  self->next = cap_realtime_line_new (session, &line_funcs, self);
  if (!self->speaking)
    change_over (self);
}

static void
on_next_failed (const GError *why, gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  cap_alarm_set (self->next_alarm, NEXT_WAIT_MS);
}

static const CapRealtimeOpenerFuncs next_funcs = { NULL, on_next_retrying, on_next_opened, on_next_failed };

static void
on_next (gpointer data)
{
  CapEngineRealtime *self = data;

  if (self->line == NULL || self->finishing || self->restarting)
    return;

  drop_next (self);
  self->next_opener = cap_realtime_opener_new_beside (self->opener, &next_funcs, self);
  cap_realtime_opener_open_again (self->next_opener, NULL, FALSE);
}

/* rest */

static void
rest (CapEngineRealtime *self)
{
  self->resting = FALSE;
  cap_alarm_clear (self->rest_alarm);
  drop_next (self);
  clear_line (&self->last);
  self->last = g_steal_pointer (&self->line);
  cap_realtime_line_close (self->last);
}

static void
wake (CapEngineRealtime *self)
{
  cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_STARTING, NULL);
  /* The session that was closed to rest was a good one; another may be better. */
  self->n_vain = 0;
  cap_realtime_opener_open_again (self->opener, NULL, TRUE);
}

static void
on_nobody_speaks (gpointer data)
{
  CapEngineRealtime *self = data;

  self->resting = TRUE;
  cap_alarm_set (self->tidy_alarm, 0);
}

static void
ask_again (CapEngineRealtime *self)
{
  g_autoptr (GError) error =
    g_error_new (CAP_ERROR, CAP_ERROR_SERVICE_FAILED,
                 "%s did not write down what it heard. captiond asks it again.", self->provider->host);

  replace_line (self, &(CapFault) { .remedy = CAP_REMEDY_RENEW, .error = error });
}

static void
finish (CapEngineRealtime *self)
{
  if (self->line != NULL)
    {
      cap_realtime_line_close (self->line);
      return;
    }

  stop (self);
  cap_engine_emit_finished (CAP_ENGINE (self));
}

/* The day's minutes are spent. */
static void
exhaust (CapEngineRealtime *self)
{
  g_autoptr (GError) error = cap_budget_make_error (self->budget);

  stop (self);
  cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_FAILED, error);
}

static gboolean
must_stop (CapEngineRealtime *self)
{
  CapEngineState state = cap_engine_get_state (CAP_ENGINE (self));

  return cap_budget_is_exhausted (self->budget) && is_idle (self) && !self->finishing
         && state != CAP_ENGINE_FAILED && state != CAP_ENGINE_STOPPED;
}

static void
on_tidy (gpointer data)
{
  CapEngineRealtime *self = data;

  if (self->last != NULL && cap_realtime_line_is_idle (self->last))
    cap_realtime_line_close (self->last);

  if (self->turn_lost)
    ask_again (self);
  else if (must_stop (self))
    exhaust (self);
  else if (!is_idle (self))
    cap_engine_emit_hungry (CAP_ENGINE (self));
  else if (self->finishing)
    finish (self);
  else if (self->restarting)
    begin (self, FALSE);
  else if (self->resting && self->line != NULL && !self->speaking)
    rest (self);
  else
    cap_engine_emit_hungry (CAP_ENGINE (self));
}

/* what happens around it */

/* Settings and keys of a running engine: at the next pause. */
static void
on_provider_changed (CapEngineRealtime *self, const char *id)
{
  CapEngine *engine = CAP_ENGINE (self);
  g_autoptr (CapProvider) provider = cap_providers_get (self->providers, id);

  if (self->provider == NULL || !g_str_equal (id, self->provider->id) || self->finishing)
    return;

  /* Who removed it wants nothing sent there any more. */
  if (provider != NULL && cap_engine_get_state (engine) == CAP_ENGINE_READY && !is_idle (self))
    self->restarting = TRUE;
  else
    begin (self, FALSE);
}

/* A day's limit, or its end. */
static void
on_budget_changed (CapEngineRealtime *self)
{
  CapEngine *engine = CAP_ENGINE (self);

  if (cap_budget_is_exhausted (self->budget))
    cap_alarm_set (self->tidy_alarm, 0);
  else if (g_error_matches (cap_engine_get_failure (engine), CAP_ERROR, CAP_ERROR_BUDGET_EXHAUSTED))
    begin (self, FALSE);
}

static void
on_network_changed (CapEngineRealtime *self, gboolean available)
{
  if (available)
    cap_alarm_set (self->network_alarm, NETWORK_MS);
}

/* Where a network wants a password, it answers in the place of the service. */
static gboolean
was_another (CapEngineRealtime *self)
{
  const GError *failure = cap_engine_get_failure (CAP_ENGINE (self));

  return cap_engine_get_state (CAP_ENGINE (self)) == CAP_ENGINE_FAILED
         && (g_error_matches (failure, CAP_ERROR, CAP_ERROR_TLS_FAILED)
             || g_error_matches (failure, CAP_ERROR, CAP_ERROR_REDIRECT_REFUSED));
}

/* What waits need not wait any longer; what goes on has to show that it does. */
static void
on_network (gpointer data)
{
  CapEngineRealtime *self = data;

  if (was_another (self))
    begin (self, FALSE);
  else if (self->line != NULL)
    cap_realtime_line_check (self->line);
  else if (self->opener != NULL)
    cap_realtime_opener_hurry (self->opener);
}

/* engine */

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
                                              &opener_funcs, self);
    }
  if (provider != NULL && cap_realtime_opener_can_open (self->opener))
    return TRUE;

  if (provider == NULL)
    error = g_error_new (CAP_ERROR, CAP_ERROR_NO_SUCH_ENGINE,
                         "There is no provider “%s” any more, or its settings are damaged. Choose another "
                         "engine, or set it up again: captionctl provider add %s", id, id);
  else
    error = g_error_new (CAP_ERROR, CAP_ERROR_NOT_CONFIGURED,
                         "The provider “%s” has no dialect that fits. See: captionctl provider show %s",
                         id, id);
  cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_FAILED, error);
  return FALSE;
}

/* Only who opened a stream, or asked for another try, is there to answer a
 * prompt. */
static void
begin (CapEngineRealtime *self, gboolean may_prompt)
{
  CapEngine *engine = CAP_ENGINE (self);
  gboolean running = cap_engine_get_state (engine) == CAP_ENGINE_READY
                     || cap_engine_get_state (engine) == CAP_ENGINE_RECONNECTING;
  guint64 open = stop (self);

  self->restarting = self->resting = FALSE;
  self->was_ready = FALSE;
  if (cap_budget_is_exhausted (self->budget))
    exhaust (self);
  else if (load_provider (self))
    {
      cap_engine_set_remote_host (engine, self->provider->host);
      cap_engine_set_state (engine, running ? CAP_ENGINE_STARTING : CAP_ENGINE_STOPPED, NULL);
      cap_realtime_opener_open (self->opener, may_prompt);
    }
  rewind_to (self, open);
}

static void
cap_engine_realtime_start (CapEngine *engine)
{
  begin (CAP_ENGINE_REALTIME (engine), TRUE);
}

/* A turn that is open goes on whatever happens. */
static gboolean
may_begin (CapEngineRealtime *self)
{
  return (self->line != NULL && cap_realtime_line_is_turn_open (self->line))
         || (!self->restarting && !cap_budget_is_exhausted (self->budget));
}

static gsize
cap_engine_realtime_push (CapEngine *engine, guint64 position, const gint16 *samples, gsize n_frames)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);
  gsize n = n_frames;

  if (!self->speaking && self->line != NULL)
    {
      /* A cut for its length was the end all the same. */
      cap_realtime_line_end_turn (self->line, position, FALSE);
      cap_realtime_line_skip (self->line, position, n);
    }
  else if (!self->speaking)
    cap_engine_emit_settled (engine, position, position + n);
  else if (!may_begin (self))
    n = 0;
  else if (self->line == NULL)
    {
      wake (self);
      n = 0;
    }
  else
    {
      n = cap_realtime_line_push (self->line, position, samples, n_frames);
      cap_engine_add_sent (engine, n);
      cap_budget_spend (self->budget, n);
    }

  self->taken = position + n;
  return n;
}

static void
cap_engine_realtime_speech_begins (CapEngine *engine, guint64 position)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);

  self->speaking = TRUE;
  self->resting = FALSE;
  cap_alarm_clear (self->rest_alarm);
}

static void
cap_engine_realtime_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);
  gboolean goes_on = why == CAP_GATE_LENGTH;

  self->speaking = FALSE;
  if (self->line == NULL)
    return;

  /* A service that detects turns must not hear a pause where there is none,
   * unless it is to hear no more. */
  if (self->restarting || (self->next != NULL && is_ending (self)))
    goes_on = FALSE;
  cap_realtime_line_end_turn (self->line, position, goes_on);
  if (!goes_on)
    change_over (self);
  cap_alarm_set (self->rest_alarm, self->idle_ms);
  cap_alarm_set (self->tidy_alarm, 0);
}

static void
cap_engine_realtime_finish (CapEngine *engine)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (engine);

  self->finishing = TRUE;
  if (self->line != NULL)
    cap_realtime_line_end_turn (self->line, self->taken, FALSE);
  cap_alarm_set (self->tidy_alarm, 0);
}

static void
cap_engine_realtime_rest (CapEngine *engine)
{
  on_nobody_speaks (CAP_ENGINE_REALTIME (engine));
}

/* lifecycle */

static void
cap_engine_realtime_dispose (GObject *object)
{
  CapEngineRealtime *self = CAP_ENGINE_REALTIME (object);

  if (self->tidy_alarm != NULL)
    stop (self);
  g_clear_pointer (&self->next_alarm, cap_alarm_free);
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
  self->next_alarm = cap_alarm_new ("engine-realtime: next session", on_next, self);
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
  CapEngineRealtime *self = g_object_new (CAP_TYPE_ENGINE_REALTIME, "id", id, NULL);

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
