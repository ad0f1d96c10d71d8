/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "engines/engine-fallback.h"
#include "base/alarm.h"
#include "base/spans.h"
#include "dbus/error.h"

/* For the last text of a stand-in: longer than the local engine's queue. */
#define LEAVE_MS 20000

/* Each stand-in counts its utterances from 1: they get numbers of their own. */
#define LANE_BITS 40

typedef enum
{
  AT_PRIMARY,
  AT_STAND_IN,
  LEAVING, /* the stand-in owes its last text; nobody takes audio */
} Phase;

/* struct */

struct _CapEngineFallback
{
  CapEngine parent_instance;

  CapEngine *primary;  /* NULL once the stand-in finishes for it */
  CapEngine *stand_in; /* NULL while the primary is at work */
  CapEngineMaker maker;
  gpointer maker_data;
  guint patience_ms;

  Phase phase;
  guint64 lane;        /* of the stand-in's utterances; 0 is the primary's */
  CapSpans *owed;      /* who is at work took it, and did not settle it */
  guint64 floor;       /* what lies below was another's, and is settled */
  guint64 position;    /* of the next push */
  gboolean speaking;   /* the stream says */
  gboolean told;       /* who is at work knows of it */

  double billed;       /* of the primary, as was passed on; 0 while it is sent */
  gboolean was_ready;  /* the primary, once */
  gboolean given_up;   /* the stand-in is of no use until the primary was back */
  gboolean done;       /* the stand-in has finished */
  gboolean finishing;
  CapAlarm *patience;  /* with the primary, or with a stand-in that leaves */
  CapAlarm *soon;      /* what may not be done inside a call of the stream */
};

G_DEFINE_FINAL_TYPE (CapEngineFallback, cap_engine_fallback, CAP_TYPE_ENGINE)

/* who is at work */

static CapEngine *
get_active (CapEngineFallback *self)
{
  return self->phase == AT_PRIMARY ? self->primary : self->stand_in;
}

static gboolean
is_at_work (CapEngineFallback *self, CapEngine *engine)
{
  return engine != NULL && engine == get_active (self);
}

static gboolean
is_ready (CapEngine *engine)
{
  return engine != NULL && cap_engine_get_state (engine) == CAP_ENGINE_READY;
}

/* Whether the primary may be back, but not now. What it was told wrongly is
 * for its user to see. */
static gboolean
is_away (CapEngineFallback *self)
{
  const GError *failure = cap_engine_get_failure (self->primary);

  switch (cap_engine_get_state (self->primary))
    {
    case CAP_ENGINE_STARTING:
    case CAP_ENGINE_RECONNECTING:
      return TRUE;
    case CAP_ENGINE_FAILED:
      return self->was_ready || g_error_matches (failure, CAP_ERROR, CAP_ERROR_BUDGET_EXHAUSTED);
    default:
      return FALSE;
    }
}

static void
tell_speech (CapEngineFallback *self)
{
  CapEngine *active = get_active (self);

  if (!self->speaking || self->told || self->phase == LEAVING || !is_ready (active))
    return;

  self->told = TRUE;
  cap_engine_speech_begins (active, self->position);
}

/* Says what who is at work is like. */
static void
show_state (CapEngineFallback *self)
{
  CapEngine *engine = CAP_ENGINE (self);
  CapEngine *active = get_active (self);
  CapEngineState state = cap_engine_get_state (active);

  if (state == CAP_ENGINE_FAILED && self->phase == AT_PRIMARY && is_away (self) && !self->given_up)
    state = CAP_ENGINE_RECONNECTING;
  tell_speech (self);
  cap_engine_set_remote_host (engine, cap_engine_get_remote_host (active));
  cap_engine_set_state (engine, state, cap_engine_get_failure (active));
}

static void
copy_counters (CapEngineFallback *self)
{
  CapEngine *engine = CAP_ENGINE (self);
  double sent = cap_engine_get_sent_seconds (self->primary) - cap_engine_get_sent_seconds (engine);
  double billed;

  if (sent > 0)
    cap_engine_add_sent (engine, sent * CAP_AUDIO_RATE + 0.5);
  billed = cap_engine_get_billed_seconds (self->primary) - cap_engine_get_billed_seconds (engine);
  if (billed != 0)
    {
      cap_engine_add_billed (engine, cap_engine_get_billed_seconds (self->primary) - self->billed);
      self->billed = cap_engine_get_billed_seconds (self->primary);
    }
  while (cap_engine_get_reconnects (engine) < cap_engine_get_reconnects (self->primary))
    cap_engine_count_reconnect (engine);
}

/* changes */

static void
drop_primary (CapEngineFallback *self)
{
  if (self->primary != NULL)
    g_signal_handlers_disconnect_by_data (self->primary, self);
  g_clear_object (&self->primary);
}

static void
drop_stand_in (CapEngineFallback *self)
{
  if (self->stand_in != NULL)
    g_signal_handlers_disconnect_by_data (self->stand_in, self);
  g_clear_object (&self->stand_in);
}

/* Whoever was at work does not pay what it owes: the stream has it once more. */
static void
claim_back (CapEngineFallback *self)
{
  guint64 begin, end;

  self->told = FALSE;
  if (!cap_spans_peek (self->owed, &begin, &end))
    return;

  cap_spans_remove (self->owed, 0, G_MAXUINT64);
  self->position = begin;
  self->speaking = FALSE;
  self->finishing = FALSE;
  cap_engine_emit_rewind (CAP_ENGINE (self), begin);
}

/* Once, whatever an engine still says. */
static void
emit_finished (CapEngineFallback *self)
{
  cap_alarm_clear (self->patience);
  cap_alarm_clear (self->soon);
  drop_primary (self);
  drop_stand_in (self);
  cap_engine_emit_finished (CAP_ENGINE (self));
}

/* Sets the clock of a primary that is at work. */
static void
watch (CapEngineFallback *self)
{
  if (is_away (self) && !self->given_up)
    cap_alarm_ensure (self->patience, self->patience_ms);
  else
    cap_alarm_clear (self->patience);
}

static void
return_to_primary (CapEngineFallback *self)
{
  guint64 begin, end;

  drop_stand_in (self);
  self->phase = AT_PRIMARY;
  self->floor = cap_spans_peek (self->owed, &begin, &end) ? begin : self->position;
  self->told = FALSE;
  cap_alarm_clear (self->patience);
  watch (self);
}

/* With nothing owed: the primary has what comes. */
static void
change_back (CapEngineFallback *self)
{
  guint64 begin, end;

  /* Finished means that everything has its text, told or not. */
  while (cap_spans_peek (self->owed, &begin, &end))
    {
      cap_spans_remove (self->owed, begin, end);
      cap_engine_emit_settled (CAP_ENGINE (self), begin, end);
    }
  if (self->finishing)
    {
      emit_finished (self);
      return;
    }
  return_to_primary (self);
  show_state (self);
}

/* The stand-in broke down: back to the primary with what it leaves. */
static void
give_up (CapEngineFallback *self)
{
  if (self->primary == NULL)
    {
      emit_finished (self);
      return;
    }
  self->given_up = !is_ready (self->primary);
  return_to_primary (self);
  claim_back (self);
  show_state (self);
}

static void
leave (CapEngineFallback *self)
{
  self->phase = LEAVING;
  cap_alarm_set (self->patience, LEAVE_MS);
  cap_engine_finish (self->stand_in);
}

static gboolean
may_leave (CapEngineFallback *self)
{
  return self->phase == AT_STAND_IN && !self->finishing && !self->speaking && is_ready (self->primary)
         && is_ready (self->stand_in);
}

static void connect_engine (CapEngineFallback *self, CapEngine *engine);

static void
hand_over (CapEngineFallback *self)
{
  if (self->finishing && cap_spans_is_empty (self->owed))
    {
      emit_finished (self);
      return;
    }

  /* Speech goes on without it. */
  if (self->told)
    cap_engine_speech_ends (self->primary, self->position, CAP_GATE_FLUSH);
  self->stand_in = self->maker (self->maker_data);
  connect_engine (self, self->stand_in);
  self->phase = AT_STAND_IN;
  self->lane++;
  self->done = FALSE;
  /* Before the stand-in takes anything. */
  claim_back (self);
  cap_engine_start (self->stand_in);
}

/* alarms */

static void
on_patience (gpointer data)
{
  g_autoptr (CapEngineFallback) self = g_object_ref (data);

  if (self->phase == AT_PRIMARY)
    hand_over (self);
  else
    give_up (self);
}

static void
on_soon (gpointer data)
{
  g_autoptr (CapEngineFallback) self = g_object_ref (data);

  if (self->stand_in == NULL)
    return;

  if (self->done)
    change_back (self);
  else if (!is_ready (self->stand_in)
           && (cap_engine_get_state (self->stand_in) == CAP_ENGINE_FAILED || is_ready (self->primary)))
    give_up (self);
  else if (may_leave (self))
    leave (self);
}

/* callbacks */

static void
on_hypothesis (CapEngineFallback *self, const CapHypothesis *hypothesis, CapEngine *engine)
{
  CapHypothesis named = *hypothesis;

  if (engine == self->primary)
    copy_counters (self);
  /* What it says late was handed over. */
  if (!is_at_work (self, engine) || (engine == self->primary && self->floor > 0 && named.end <= self->floor))
    return;

  if (self->phase != AT_PRIMARY)
    named.utterance += self->lane << LANE_BITS;
  if (named.engine == NULL)
    named.engine = cap_engine_get_id (engine);
  cap_engine_emit_hypothesis (CAP_ENGINE (self), &named);
}

static void
on_hungry (CapEngineFallback *self, CapEngine *engine)
{
  if (is_at_work (self, engine) && self->phase != LEAVING)
    cap_engine_emit_hungry (CAP_ENGINE (self));
}

static void
on_settled (CapEngineFallback *self, guint64 begin, guint64 end, CapEngine *engine)
{
  if (engine == self->primary)
    copy_counters (self);
  if (!is_at_work (self, engine))
    return;

  cap_spans_remove (self->owed, begin, end);
  cap_engine_emit_settled (CAP_ENGINE (self), begin, end);
}

/* Of the primary while another is at work: it was handed over. */
static void
on_rewind (CapEngineFallback *self, guint64 position, CapEngine *engine)
{
  if (!is_at_work (self, engine))
    return;

  position = MAX (position, self->floor);
  cap_spans_remove (self->owed, position, G_MAXUINT64);
  self->position = MIN (position, self->position);
  self->speaking = self->told = FALSE;
  self->finishing = FALSE;
  /* A stand-in that was to finish is no more told to. */
  if (self->phase == LEAVING)
    {
      self->phase = AT_STAND_IN;
      cap_alarm_clear (self->patience);
      cap_alarm_set (self->soon, 0);
    }
  cap_engine_emit_rewind (CAP_ENGINE (self), position);
}

static void
on_primary_state (CapEngineFallback *self)
{
  copy_counters (self);
  if (is_ready (self->primary))
    {
      self->was_ready = TRUE;
      self->given_up = FALSE;
    }
  if (self->phase == AT_PRIMARY)
    {
      watch (self);
      show_state (self);
    }
  else if (may_leave (self))
    leave (self);
  else if (!is_ready (self->stand_in))
    cap_alarm_set (self->soon, 0);
}

static void
on_stand_in_state (CapEngineFallback *self)
{
  if (cap_engine_get_state (self->stand_in) == CAP_ENGINE_FAILED)
    cap_alarm_set (self->soon, 0);
  else if (self->phase == AT_STAND_IN)
    {
      show_state (self);
      /* The primary may have been back while this one started. */
      if (may_leave (self))
        cap_alarm_set (self->soon, 0);
    }
}

static void
on_state_changed (CapEngineFallback *self, CapEngine *engine)
{
  if (engine == self->primary)
    on_primary_state (self);
  else
    on_stand_in_state (self);
}

static void
on_finished (CapEngineFallback *self, CapEngine *engine)
{
  if (!is_at_work (self, engine))
    return;

  if (self->phase == AT_PRIMARY)
    {
      emit_finished (self);
      return;
    }
  self->done = TRUE;
  cap_alarm_set (self->soon, 0);
}

static void
connect_engine (CapEngineFallback *self, CapEngine *engine)
{
  const struct
  {
    const char *signal;
    GCallback callback;
  } arrows[] = {
    { "hypothesis", G_CALLBACK (on_hypothesis) }, { "hungry", G_CALLBACK (on_hungry) },
    { "settled", G_CALLBACK (on_settled) },       { "rewind", G_CALLBACK (on_rewind) },
    { "finished", G_CALLBACK (on_finished) },     { "state-changed", G_CALLBACK (on_state_changed) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (arrows); i++)
    g_signal_connect_object (engine, arrows[i].signal, arrows[i].callback, self, G_CONNECT_SWAPPED);
}

/* engine */

static void
cap_engine_fallback_start (CapEngine *engine)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);

  self->given_up = FALSE;
  if (self->primary != NULL)
    cap_engine_start (self->primary);
}

static gsize
cap_engine_fallback_push (CapEngine *engine, guint64 position, const gint16 *samples, gsize n_frames)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);
  gsize taken;

  self->position = position;
  if (self->phase == LEAVING)
    return 0;

  /* It may be settled before the call is over. */
  cap_spans_add (self->owed, position, position + n_frames);
  taken = cap_engine_push (get_active (self), position, samples, n_frames);
  cap_spans_remove (self->owed, position + taken, position + n_frames);
  self->position = position + taken;
  if (self->phase == AT_PRIMARY)
    copy_counters (self);
  return taken;
}

static void
cap_engine_fallback_speech_begins (CapEngine *engine, guint64 position)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);

  self->position = position;
  self->speaking = TRUE;
  self->told = FALSE;
  tell_speech (self);
}

static void
cap_engine_fallback_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);

  self->position = position;
  self->speaking = FALSE;
  if (self->told)
    cap_engine_speech_ends (get_active (self), position, why);
  self->told = FALSE;
  /* At once: what the stream has next is the primary's. */
  if (why != CAP_GATE_LENGTH && may_leave (self))
    leave (self);
}

static void
cap_engine_fallback_finish (CapEngine *engine)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);

  self->finishing = TRUE;
  if (self->phase == AT_PRIMARY)
    {
      cap_engine_finish (self->primary);
      return;
    }

  drop_primary (self);
  if (self->phase == AT_STAND_IN)
    {
      self->phase = LEAVING;
      cap_alarm_set (self->patience, LEAVE_MS);
      cap_engine_finish (self->stand_in);
    }
}

static void
cap_engine_fallback_rest (CapEngine *engine)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);

  if (self->primary != NULL)
    cap_engine_rest (self->primary);
  if (self->stand_in != NULL)
    cap_engine_rest (self->stand_in);
}

/* lifecycle */

static void
cap_engine_fallback_dispose (GObject *object)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (object);

  g_clear_pointer (&self->patience, cap_alarm_free);
  g_clear_pointer (&self->soon, cap_alarm_free);
  drop_primary (self);
  drop_stand_in (self);

  G_OBJECT_CLASS (cap_engine_fallback_parent_class)->dispose (object);
}

static void
cap_engine_fallback_finalize (GObject *object)
{
  cap_spans_free (CAP_ENGINE_FALLBACK (object)->owed);

  G_OBJECT_CLASS (cap_engine_fallback_parent_class)->finalize (object);
}

static void
cap_engine_fallback_init (CapEngineFallback *self)
{
  self->owed = cap_spans_new ();
  self->patience = cap_alarm_new ("fallback patience", on_patience, self);
  self->soon = cap_alarm_new ("fallback soon", on_soon, self);
}

static void
cap_engine_fallback_class_init (CapEngineFallbackClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  CapEngineClass *engine_class = CAP_ENGINE_CLASS (klass);

  object_class->dispose = cap_engine_fallback_dispose;
  object_class->finalize = cap_engine_fallback_finalize;
  engine_class->start = cap_engine_fallback_start;
  engine_class->push = cap_engine_fallback_push;
  engine_class->speech_begins = cap_engine_fallback_speech_begins;
  engine_class->speech_ends = cap_engine_fallback_speech_ends;
  engine_class->finish = cap_engine_fallback_finish;
  engine_class->rest = cap_engine_fallback_rest;
}

/* public methods */

CapEngine *
cap_engine_fallback_new (CapEngine *primary, CapEngineMaker maker, gpointer data, guint patience_ms)
{
  CapEngineFallback *self = g_object_new (CAP_TYPE_ENGINE_FALLBACK, "id", cap_engine_get_id (primary), NULL);

  self->primary = g_object_ref (primary);
  self->maker = maker;
  self->maker_data = data;
  self->patience_ms = patience_ms;
  connect_engine (self, primary);
  return CAP_ENGINE (self);
}
