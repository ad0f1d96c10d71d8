/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/engine-realtime-private.h"
#include "dbus/error.h"

/* After so many turns in a row that had no text in a second session either,
 * turns are not sent again: some services just drop some. */
#define TRIES_IN_VAIN 3

/* A session was good if it wrote something, or lasted this long. */
#define HEALTHY_US (60 * G_USEC_PER_SEC)

/* private */

static guint64
drop_lines (CapEngineRealtime *self)
{
  cap_alarm_clear (self->rest_alarm);
  self->turn_lost = FALSE;
  return cap_rollover_drop_all (self->lines);
}

/* The session is lost, or must be left: the audio without a text goes to
 * another one, which may be ready already. */
static void
replace_session (CapEngineRealtime *self, const CapFault *fault)
{
  CapRealtimeLine *line = cap_rollover_get_line (self->lines);
  gint64 begun = line != NULL ? cap_realtime_line_get_begun (line) : G_MAXINT64;
  gboolean good = self->wrote || g_get_monotonic_time () - begun >= HEALTHY_US;
  guint64 open = cap_rollover_replace (self->lines);

  self->turn_lost = FALSE;
  self->wrote = FALSE;
  cap_alarm_clear (self->rest_alarm);
  cap_engine_count_reconnect (CAP_ENGINE (self));
  if (cap_rollover_get_line (self->lines) != NULL)
    {
      /* A wish to rest outlives the session. */
      if (self->phase != PHASE_WINDING_DOWN)
        cap_engine_realtime_set_phase (self, PHASE_LISTENING, NULL);
      /* Speech that is fed again clears it. */
      cap_alarm_set (self->rest_alarm, self->idle_ms);
    }
  else
    {
      /* This calls on_retrying() or on_failed(). */
      cap_realtime_opener_open_again (self->opener, fault, good);
    }
  /* The texts that were waited for are not expected any more. */
  cap_alarm_set (self->tidy_alarm, 0);
  cap_engine_realtime_rewind_to (self, open);
}

/* callbacks of lines */

/* Whether the end of a session costs something: audio that has no text yet, or
 * the place where the next audio would go. */
static gboolean
is_loss (CapEngineRealtime *self, CapRealtimeLine *line)
{
  if (self->phase == PHASE_FINISHING && cap_rollover_is_idle (self->lines))
    return FALSE;

  return line == cap_rollover_get_line (self->lines) || !cap_realtime_line_is_idle (line);
}

static void
on_line_ended (CapRealtimeLine *line, const CapFault *fault, gpointer user_data)
{
  CapEngineRealtime *self = user_data;
  g_autoptr (CapEngineRealtime) kept = g_object_ref (self);
  g_autoptr (CapFault) owned = fault != NULL ? cap_fault_copy (fault) : NULL;
  gboolean current = line == cap_rollover_get_line (self->lines);
  gboolean lost = owned != NULL && is_loss (self, line);

  if (cap_rollover_is_next (self->lines, line))
    cap_rollover_remove (self->lines, line);
  else if (lost && self->phase != PHASE_RESTARTING)
    replace_session (self, owned);
  else if (lost || (current && self->phase != PHASE_FINISHING))
    cap_engine_realtime_begin (self, FALSE);
  else
    {
      cap_rollover_remove (self->lines, line);
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

/* callbacks of turns */

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

/* A turn without its text is sent once more, in another session: the model, or
 * the server, that answers there may hear what this one did not. */
static gboolean
on_lost (guint64 begin, guint64 end, gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  /* The session is to be left already, with everything that it owes. */
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

const CapRealtimeLineFuncs cap_engine_realtime_line_funcs = {
  .ended = on_line_ended,
  .refused = on_line_refused,
  .billed = on_line_billed,
  .hungry = on_line_hungry,
  .turns = { on_next_utterance, on_hypothesis, on_settled, on_turns_idle, on_lost },
};

/* callbacks of the opener */

static void
on_connecting (gpointer user_data)
{
  cap_engine_realtime_set_phase (user_data, PHASE_CONNECTING, NULL);
}

static void
on_retrying (const GError *why, gpointer user_data)
{
  cap_engine_realtime_set_phase (user_data, PHASE_RECONNECTING, why);
}

static void
on_opened (CapRealtimeSession *session, gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  cap_rollover_begin (self->lines, session, self->opener);
  if (!self->speaking)
    cap_alarm_set (self->rest_alarm, self->idle_ms);
  cap_engine_realtime_set_phase (self, PHASE_LISTENING, NULL);
}

static void
on_failed (const GError *why, gpointer user_data)
{
  CapEngineRealtime *self = user_data;
  guint64 open = drop_lines (self);

  cap_engine_realtime_set_phase (self, PHASE_FAILED, why);
  cap_engine_realtime_rewind_to (self, open);
}

const CapRealtimeOpenerFuncs cap_engine_realtime_opener_funcs = {
  .connecting = on_connecting,
  .retrying = on_retrying,
  .opened = on_opened,
  .failed = on_failed,
};

/* callbacks of the roll-over */

static gboolean
on_may_open_next (gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  return self->phase == PHASE_LISTENING || self->phase == PHASE_WINDING_DOWN;
}

static void
on_next_ready (gpointer user_data)
{
  CapEngineRealtime *self = user_data;

  if (!self->speaking)
    cap_engine_realtime_change_over (self);
}

const CapRolloverFuncs cap_engine_realtime_rollover_funcs = {
  .may_open = on_may_open_next,
  .ready = on_next_ready,
};

/* public functions */

void
cap_engine_realtime_rewind_to (CapEngineRealtime *self, guint64 open)
{
  if (open == G_MAXUINT64)
    return;

  self->speaking = FALSE;
  self->taken = MIN (self->taken, open);
  cap_engine_emit_rewind (CAP_ENGINE (self), open);
}

guint64
cap_engine_realtime_stop (CapEngineRealtime *self)
{
  guint64 open = drop_lines (self);

  g_clear_pointer (&self->opener, cap_realtime_opener_free);
  return open;
}

void
cap_engine_realtime_change_over (CapEngineRealtime *self)
{
  if (cap_rollover_change_over (self->lines, self->taken))
    cap_alarm_set (self->tidy_alarm, 0);
}

void
cap_engine_realtime_send_again (CapEngineRealtime *self)
{
  g_autoptr (GError) error =
    g_error_new (CAP_ERROR, CAP_ERROR_SERVICE_FAILED,
                 "%s sent no text for something that was said. captiond sends it that audio again.",
                 self->provider->host);

  if (self->phase == PHASE_RESTARTING)
    cap_engine_realtime_begin (self, FALSE);
  else
    replace_session (self, &(CapFault) { .remedy = CAP_REMEDY_RENEW, .error = error });
}
