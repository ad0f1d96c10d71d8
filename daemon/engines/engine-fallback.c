/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "engines/engine-fallback.h"
#include "base/alarm.h"
#include "base/spans.h"
#include "dbus/error.h"

/* How long a fallback may take for its last text: longer than the local engine
 * needs for a full queue. */
#define LEAVE_MS 20000

/* Each fallback counts its utterances from 1. The bits above these hold the
 * number of the fallback, so that no two utterances have the same number. */
#define LANE_BITS 40

/* Only set_phase() changes the phase. "Unreachable" is what is_unreachable()
 * says; an arrow "→ primary" is a change to the one of the first three phases
 * that fits the primary's state.
 *
 * phase        active    what happens              next phases
 *
 * PRIMARY      primary   it takes the audio        PATIENCE: the primary became unreachable
 *                                                  FINISHED: the primary finished
 * PATIENCE     primary   it is unreachable, and    PRIMARY: it is ready again, or failed for good
 *                                                  NO_FALLBACK: none can be made any more
 *                        the patience alarm runs   FALLBACK: the alarm rang
 *                                                  FINISHED: it finished, or the alarm rang and
 *                                                  no audio waits for a text
 * NO_FALLBACK  primary   it is unreachable, and    PRIMARY: it is ready again, or start() was called
 *                        the fallback has failed   FINISHED: the primary finished
 * FALLBACK     fallback  it takes the audio        LEAVING: the primary is ready and nobody speaks,
 *                                                  or finish() was called
 *                                                  LEFT: the fallback finished on its own
 *                                                  → primary: the fallback failed, or was not
 *                                                  ready when the primary was
 * LEAVING      fallback  it finishes its last      LEFT: the fallback finished
 *                        text; nobody takes audio  FALLBACK: the fallback lost audio (rewind)
 *                                                  → primary: the fallback failed, or took LEAVE_MS
 *                                                  FINISHED: the same, after finish()
 * LEFT         fallback  it has finished, and is   → primary
 *                        dropped outside of its    FINISHED: after finish()
 *                        own signal
 * FINISHED     none      both engines are dropped  none
 */
typedef enum
{
  PHASE_PRIMARY,
  PHASE_PATIENCE,
  PHASE_NO_FALLBACK,
  PHASE_FALLBACK,
  PHASE_LEAVING,
  PHASE_LEFT,
  PHASE_FINISHED,
} Phase;

/* struct */

struct _CapEngineFallback
{
  CapEngine parent_instance;

  CapEngine *primary;  /* NULL once finish() was called with a fallback */
  CapEngine *fallback; /* NULL while the primary is active */
  CapEngineMaker maker;
  gpointer maker_data;
  GDestroyNotify free_maker_data;
  guint patience_ms;

  Phase phase;
  guint64 lane;       /* the number of the fallback; 0 is the primary */
  CapSpans *owed;     /* audio that the active engine took and did not settle */
  guint64 floor;      /* the primary got no audio below this: a fallback has settled it */
  guint64 position;   /* of the next push */
  gboolean speaking;  /* between speech_begins() and speech_ends() of the stream */
  gboolean told;      /* the active engine knows that there is speech */
  gboolean finishing; /* after finish(), until a rewind takes it back */
  gboolean was_ready; /* the primary has been ready at least once */
  double billed;      /* what the primary reported, as passed on; 0 until it reports */

  CapAlarm *patience; /* with an unreachable primary, or a fallback that leaves */
  CapAlarm *soon;     /* for changes that must not happen inside a call of the stream */
};

/* type */

static void on_patience (gpointer user_data);
static void on_soon (gpointer user_data);
static void connect_engine (CapEngineFallback *self, CapEngine *engine);
static void drop_engine (CapEngineFallback *self, CapEngine **engine);
static void cap_engine_fallback_start (CapEngine *engine);
static gsize cap_engine_fallback_push (CapEngine *engine, guint64 position, const gint16 *samples,
                                       gsize n_frames);
static void cap_engine_fallback_speech_begins (CapEngine *engine, guint64 position);
static void cap_engine_fallback_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why);
static void cap_engine_fallback_finish (CapEngine *engine);
static void cap_engine_fallback_rest (CapEngine *engine);

G_DEFINE_FINAL_TYPE (CapEngineFallback, cap_engine_fallback, CAP_TYPE_ENGINE)

/* lifecycle */

static void
cap_engine_fallback_init (CapEngineFallback *self)
{
  self->owed = cap_spans_new ();
  self->patience = cap_alarm_new ("fallback patience", on_patience, self);
  self->soon = cap_alarm_new ("fallback soon", on_soon, self);
}

static void
cap_engine_fallback_dispose (GObject *object)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (object);

  g_clear_pointer (&self->patience, cap_alarm_free);
  g_clear_pointer (&self->soon, cap_alarm_free);
  drop_engine (self, &self->primary);
  drop_engine (self, &self->fallback);

  G_OBJECT_CLASS (cap_engine_fallback_parent_class)->dispose (object);
}

static void
cap_engine_fallback_finalize (GObject *object)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (object);

  cap_spans_free (self->owed);
  if (self->free_maker_data != NULL)
    self->free_maker_data (self->maker_data);

  G_OBJECT_CLASS (cap_engine_fallback_parent_class)->finalize (object);
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

/* private: the phase */

static void
set_phase (CapEngineFallback *self, Phase phase)
{
  if (phase == self->phase)
    return;

  self->phase = phase;
  cap_alarm_clear (self->patience);
  switch (phase)
    {
    case PHASE_PATIENCE:
      cap_alarm_set (self->patience, self->patience_ms);
      break;
    case PHASE_LEAVING:
      cap_alarm_set (self->patience, LEAVE_MS);
      break;
    case PHASE_LEFT:
      cap_alarm_set (self->soon, 0);
      break;
    case PHASE_FINISHED:
      cap_alarm_clear (self->soon);
      break;
    default:
      break;
    }
}

static gboolean
is_with_primary (CapEngineFallback *self)
{
  return self->phase <= PHASE_NO_FALLBACK;
}

static gboolean
takes_audio (CapEngineFallback *self)
{
  return is_with_primary (self) || self->phase == PHASE_FALLBACK;
}

static CapEngine *
get_active (CapEngineFallback *self)
{
  return is_with_primary (self) ? self->primary : self->fallback;
}

static gboolean
is_active (CapEngineFallback *self, CapEngine *engine)
{
  return engine != NULL && engine == get_active (self);
}

static gboolean
is_ready (CapEngine *engine)
{
  return engine != NULL && cap_engine_get_state (engine) == CAP_ENGINE_READY;
}

/* Whether the primary may become ready again without help. A wrong setting is
 * different: the user must see and correct it, so no fallback may hide it. */
static gboolean
is_unreachable (CapEngineFallback *self)
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

/* Sets the phase that fits the state of an active primary. */
static void
follow_primary (CapEngineFallback *self)
{
  if (self->phase == PHASE_NO_FALLBACK && !is_ready (self->primary))
    return;

  set_phase (self, is_unreachable (self) ? PHASE_PATIENCE : PHASE_PRIMARY);
}

static gboolean
may_leave (CapEngineFallback *self)
{
  return self->phase == PHASE_FALLBACK && !self->finishing && !self->speaking && is_ready (self->primary)
         && is_ready (self->fallback);
}

/* private: the two engines */

static void
drop_engine (CapEngineFallback *self, CapEngine **engine)
{
  if (*engine != NULL)
    g_signal_handlers_disconnect_by_data (*engine, self);
  g_clear_object (engine);
}

static void
tell_speech (CapEngineFallback *self)
{
  CapEngine *active = get_active (self);

  if (!self->speaking || self->told || !takes_audio (self) || !is_ready (active))
    return;

  self->told = TRUE;
  cap_engine_speech_begins (active, self->position);
}

/* Passes on the state of the active engine. */
static void
show_state (CapEngineFallback *self)
{
  CapEngine *engine = CAP_ENGINE (self);
  CapEngine *active = get_active (self);
  CapEngineState state = cap_engine_get_state (active);

  if (state == CAP_ENGINE_FAILED && self->phase == PHASE_PATIENCE)
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
  double billed = cap_engine_get_billed_seconds (self->primary);

  if (sent > 0)
    cap_engine_add_sent (engine, sent * CAP_AUDIO_RATE + 0.5);
  /* Without a report of the service, both engines say what was sent. */
  if (billed != cap_engine_get_billed_seconds (engine))
    {
      cap_engine_add_billed (engine, billed - self->billed);
      self->billed = billed;
    }
  while (cap_engine_get_reconnects (engine) < cap_engine_get_reconnects (self->primary))
    cap_engine_count_reconnect (engine);
}

/* Lets the stream push again all audio that the last active engine owes. */
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

/* private: transitions */

static void
finish (CapEngineFallback *self)
{
  set_phase (self, PHASE_FINISHED);
  drop_engine (self, &self->primary);
  drop_engine (self, &self->fallback);
  cap_engine_emit_finished (CAP_ENGINE (self));
}

static void
return_to_primary (CapEngineFallback *self)
{
  guint64 begin, end;

  drop_engine (self, &self->fallback);
  self->floor = cap_spans_peek (self->owed, &begin, &end) ? begin : self->position;
  self->told = FALSE;
  set_phase (self, is_unreachable (self) ? PHASE_PATIENCE : PHASE_PRIMARY);
}

/* The fallback has finished: the primary gets all audio that follows. */
static void
end_fallback (CapEngineFallback *self)
{
  guint64 begin, end;

  /* Finished means that all audio has its text, even without ::settled. */
  while (cap_spans_peek (self->owed, &begin, &end))
    {
      cap_spans_remove (self->owed, begin, end);
      cap_engine_emit_settled (CAP_ENGINE (self), begin, end);
    }
  if (self->finishing)
    {
      finish (self);
      return;
    }
  return_to_primary (self);
  show_state (self);
}

/* The fallback has failed: the primary gets the audio that the fallback owes,
 * and there is no other fallback until the primary was ready again. */
static void
give_up (CapEngineFallback *self)
{
  if (self->primary == NULL)
    {
      finish (self);
      return;
    }
  return_to_primary (self);
  if (!is_ready (self->primary))
    set_phase (self, PHASE_NO_FALLBACK);
  claim_back (self);
  show_state (self);
}

static void
leave (CapEngineFallback *self)
{
  set_phase (self, PHASE_LEAVING);
  cap_engine_finish (self->fallback);
}

static void
take_over (CapEngineFallback *self)
{
  if (self->finishing && cap_spans_is_empty (self->owed))
    {
      finish (self);
      return;
    }

  /* The primary hears no more of this speech. */
  if (self->told)
    cap_engine_speech_ends (self->primary, self->position, CAP_GATE_FLUSH);
  self->fallback = self->maker (self->maker_data);
  if (self->fallback == NULL)
    {
      set_phase (self, PHASE_NO_FALLBACK);
      return;
    }
  connect_engine (self, self->fallback);
  set_phase (self, PHASE_FALLBACK);
  self->lane++;
  /* This must precede the start, after which the fallback takes audio. */
  claim_back (self);
  cap_engine_start (self->fallback);
}

/* callbacks: alarms */

static void
on_patience (gpointer user_data)
{
  g_autoptr (CapEngineFallback) self = g_object_ref (user_data);

  if (self->phase == PHASE_PATIENCE)
    take_over (self);
  else
    give_up (self);
}

static void
on_soon (gpointer user_data)
{
  g_autoptr (CapEngineFallback) self = g_object_ref (user_data);

  if (self->fallback == NULL)
    return;

  if (self->phase == PHASE_LEFT)
    end_fallback (self);
  else if (!is_ready (self->fallback)
           && (cap_engine_get_state (self->fallback) == CAP_ENGINE_FAILED || is_ready (self->primary)))
    give_up (self);
  else if (may_leave (self))
    leave (self);
}

/* callbacks: signals of the two engines */

static void
on_hypothesis (CapEngine *engine, const CapHypothesis *hypothesis, gpointer user_data)
{
  CapEngineFallback *self = user_data;
  CapHypothesis named = *hypothesis;

  if (engine == self->primary)
    copy_counters (self);
  /* A late text of the primary would repeat the text of the fallback. */
  if (!is_active (self, engine) || (engine == self->primary && self->floor > 0 && named.end <= self->floor))
    return;

  if (!is_with_primary (self))
    named.utterance += self->lane << LANE_BITS;
  if (named.engine == NULL)
    named.engine = cap_engine_get_id (engine);
  cap_engine_emit_hypothesis (CAP_ENGINE (self), &named);
}

static void
on_hungry (CapEngine *engine, gpointer user_data)
{
  CapEngineFallback *self = user_data;

  if (is_active (self, engine) && takes_audio (self))
    cap_engine_emit_hungry (CAP_ENGINE (self));
}

static void
on_settled (CapEngine *engine, guint64 begin, guint64 end, gpointer user_data)
{
  CapEngineFallback *self = user_data;

  if (engine == self->primary)
    copy_counters (self);
  if (!is_active (self, engine))
    return;

  cap_spans_remove (self->owed, begin, end);
  cap_engine_emit_settled (CAP_ENGINE (self), begin, end);
}

static void
on_rewind (CapEngine *engine, guint64 position, gpointer user_data)
{
  CapEngineFallback *self = user_data;

  /* The fallback has already taken over what an inactive primary lost. */
  if (!is_active (self, engine))
    return;

  position = MAX (position, self->floor);
  cap_spans_remove (self->owed, position, G_MAXUINT64);
  self->position = MIN (position, self->position);
  self->speaking = self->told = FALSE;
  self->finishing = FALSE;
  /* The rewind also made the fallback forget that it was to finish. */
  if (self->phase == PHASE_LEAVING)
    {
      set_phase (self, PHASE_FALLBACK);
      cap_alarm_set (self->soon, 0);
    }
  cap_engine_emit_rewind (CAP_ENGINE (self), position);
}

static void
on_primary_state (CapEngine *engine, gpointer user_data)
{
  CapEngineFallback *self = user_data;

  copy_counters (self);
  if (is_ready (engine))
    self->was_ready = TRUE;

  if (is_with_primary (self))
    {
      follow_primary (self);
      show_state (self);
    }
  else if (may_leave (self))
    leave (self);
  else if (!is_ready (self->fallback))
    cap_alarm_set (self->soon, 0);
}

static void
on_fallback_state (CapEngine *engine, gpointer user_data)
{
  CapEngineFallback *self = user_data;

  if (cap_engine_get_state (engine) == CAP_ENGINE_FAILED)
    cap_alarm_set (self->soon, 0);
  else if (self->phase == PHASE_FALLBACK)
    {
      show_state (self);
      /* The primary may have become ready while the fallback started. */
      if (may_leave (self))
        cap_alarm_set (self->soon, 0);
    }
}

static void
on_finished (CapEngine *engine, gpointer user_data)
{
  CapEngineFallback *self = user_data;

  if (!is_active (self, engine))
    return;

  if (is_with_primary (self))
    finish (self);
  else
    set_phase (self, PHASE_LEFT);
}

static void
connect_engine (CapEngineFallback *self, CapEngine *engine)
{
  const struct
  {
    const char *signal;
    GCallback callback;
  } signals[] = {
    { "hypothesis", G_CALLBACK (on_hypothesis) },
    { "hungry", G_CALLBACK (on_hungry) },
    { "settled", G_CALLBACK (on_settled) },
    { "rewind", G_CALLBACK (on_rewind) },
    { "finished", G_CALLBACK (on_finished) },
    { "state-changed", engine == self->primary ? G_CALLBACK (on_primary_state)
                                               : G_CALLBACK (on_fallback_state) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (engine, signals[i].signal, signals[i].callback, self, G_CONNECT_DEFAULT);
}

/* callbacks: calls of the stream */

static void
cap_engine_fallback_start (CapEngine *engine)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);

  if (self->phase == PHASE_NO_FALLBACK)
    set_phase (self, PHASE_PRIMARY);
  if (self->primary != NULL)
    cap_engine_start (self->primary);
}

static gsize
cap_engine_fallback_push (CapEngine *engine, guint64 position, const gint16 *samples, gsize n_frames)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);
  gsize taken;

  self->position = position;
  if (!takes_audio (self))
    return 0;

  /* Before the push, because the engine may settle the audio inside of it. */
  cap_spans_add (self->owed, position, position + n_frames);
  taken = cap_engine_push (get_active (self), position, samples, n_frames);
  cap_spans_remove (self->owed, position + taken, position + n_frames);
  self->position = position + taken;
  if (is_with_primary (self))
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
  /* At once, so that the primary gets the audio after this pause. */
  if (why != CAP_GATE_LENGTH && may_leave (self))
    leave (self);
}

static void
cap_engine_fallback_finish (CapEngine *engine)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);

  self->finishing = TRUE;
  if (is_with_primary (self))
    {
      cap_engine_finish (self->primary);
      return;
    }

  drop_engine (self, &self->primary);
  if (self->phase == PHASE_FALLBACK)
    leave (self);
}

static void
cap_engine_fallback_rest (CapEngine *engine)
{
  CapEngineFallback *self = CAP_ENGINE_FALLBACK (engine);

  if (self->primary != NULL)
    cap_engine_rest (self->primary);
  if (self->fallback != NULL)
    cap_engine_rest (self->fallback);
}

/* public methods */

CapEngine *
cap_engine_fallback_new (CapEngine *primary, CapEngineMaker maker, gpointer user_data,
                         GDestroyNotify free_data, guint patience_ms)
{
  CapEngineFallback *self;

  g_return_val_if_fail (CAP_IS_ENGINE (primary), NULL);
  g_return_val_if_fail (maker != NULL, NULL);

  self = g_object_new (CAP_TYPE_ENGINE_FALLBACK, "id", cap_engine_get_id (primary), NULL);
  self->primary = g_object_ref (primary);
  self->maker = maker;
  self->maker_data = user_data;
  self->free_maker_data = free_data;
  self->patience_ms = patience_ms;
  connect_engine (self, primary);
  return CAP_ENGINE (self);
}
