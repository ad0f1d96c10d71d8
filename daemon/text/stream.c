/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "text/stream.h"
#include "base/errors.h"
#include "speech/ledger.h"
#include "speech/level.h"
#include "text/feeder.h"

#include <time.h>

/* The life of a stream, from open to closed. Only set_phase() changes the phase.
 * The state that get_state() returns follows from it, the engine, the capture,
 * and whether the stream is paused or blocked.
 *
 * Phase      Meaning, and what follows
 * ---------------------------------------------------------------------------
 * OPEN       The stream gives audio to the engine, and text to the transcript.
 *            DRAINING: the caller closed the stream, or disposes it.
 *            CLOSED: the engine emitted ::finished on its own.
 * DRAINING   The capture has stopped. The engine takes the audio that is left.
 *            FINISHING: the engine took all of it.
 *            CLOSED: the timeout is over, or there is nothing to wait for.
 * FINISHING  The engine knows that no audio will follow, and completes its text.
 *            DRAINING: the engine lost its session and takes audio again.
 *            CLOSED: the engine has finished, or the timeout is over.
 * CLOSED     All text is final. The stream ignores later text. */
typedef enum
{
  PHASE_OPEN,
  PHASE_DRAINING,
  PHASE_FINISHING,
  PHASE_CLOSED,
} Phase;

#define BIT(phase) (1u << PHASE_##phase)

static const guint next_phases[] = {
  [PHASE_OPEN] = BIT (DRAINING) | BIT (CLOSED),
  [PHASE_DRAINING] = BIT (FINISHING) | BIT (CLOSED),
  [PHASE_FINISHING] = BIT (DRAINING) | BIT (CLOSED),
  [PHASE_CLOSED] = 0,
};

/* struct */

struct _CapStream
{
  GObject parent_instance;

  CapCapture *capture;
  CapLedger *ledger;
  CapGate *gate;
  CapFeeder *feeder; /* from the ledger to the engine */
  CapLevel *level;
  CapEngine *engine;
  CapTranscript *transcript;
  char *speaker;

  gint64 epoch;      /* CLOCK_REALTIME, µs */
  gint64 epoch_boot; /* the same moment, CLOCK_BOOTTIME, µs */

  Phase phase;
  gboolean paused; /* by the caller */
  GError *blocked; /* why nothing may be captured, or NULL */
  guint close_timeout;
};

/* signals */

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LEVEL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapStream, cap_stream, G_TYPE_OBJECT)

static void set_phase (CapStream *self, Phase phase);
static gint64 clock_now (clockid_t clock);

/* lifecycle */

static void
cap_stream_dispose (GObject *object)
{
  CapStream *self = CAP_STREAM (object);

  /* Stopping the capture must not emit ::changed. */
  if (self->phase == PHASE_OPEN)
    set_phase (self, PHASE_DRAINING);
  g_clear_handle_id (&self->close_timeout, g_source_remove);
  if (self->capture != NULL)
    cap_capture_stop (self->capture);
  g_clear_object (&self->capture);
  g_clear_object (&self->engine);
  g_clear_object (&self->gate);
  g_clear_object (&self->level);
  g_clear_object (&self->ledger);
  g_clear_object (&self->transcript);

  G_OBJECT_CLASS (cap_stream_parent_class)->dispose (object);
}

static void
cap_stream_finalize (GObject *object)
{
  CapStream *self = CAP_STREAM (object);

  g_clear_pointer (&self->feeder, cap_feeder_free);
  g_free (self->speaker);
  g_clear_error (&self->blocked);

  G_OBJECT_CLASS (cap_stream_parent_class)->finalize (object);
}

static void
cap_stream_init (CapStream *self)
{
  self->epoch = clock_now (CLOCK_REALTIME);
  self->epoch_boot = clock_now (CLOCK_BOOTTIME);
}

static void
cap_stream_class_init (CapStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_stream_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_stream_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LEVEL] = g_signal_new ("level", CAP_TYPE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

/* private: the phase */

static void
set_phase (CapStream *self, Phase phase)
{
  if (self->phase == phase)
    return;

  g_warn_if_fail (next_phases[self->phase] & 1u << phase);
  self->phase = phase;
}

/* private: times */

static gint64
clock_now (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint64
begin_time (CapStream *self, guint64 position)
{
  return cap_ledger_get_time (self->ledger, position) - self->epoch_boot;
}

static gint64
end_time (CapStream *self, guint64 position)
{
  return cap_ledger_get_end_time (self->ledger, position) - self->epoch_boot;
}

static void
pump (CapStream *self)
{
  cap_feeder_skip_lost (self->feeder);
  if (self->phase == PHASE_CLOSED || cap_engine_get_state (self->engine) != CAP_ENGINE_READY)
    return;

  if (cap_feeder_push (self->feeder) && self->phase == PHASE_DRAINING)
    {
      set_phase (self, PHASE_FINISHING);
      cap_engine_finish (self->engine);
    }

  cap_feeder_report_old_gap (self->feeder);
}

/* private: the state */

/* While the stream closes, changes of its parts do not change its own state. */
static void
emit_changed (CapStream *self)
{
  if (self->phase == PHASE_OPEN || self->phase == PHASE_CLOSED)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* The stream captures only while an engine can use the audio. */
static void
update_capture (CapStream *self)
{
  CapEngineState engine = cap_engine_get_state (self->engine);

  if (self->phase != PHASE_OPEN || self->paused || self->blocked != NULL || engine == CAP_ENGINE_FAILED
      || engine == CAP_ENGINE_STOPPED)
    {
      cap_capture_stop (self->capture);
      cap_gate_break (self->gate);
      pump (self);
    }
  else
    cap_capture_start (self->capture);
}

static gboolean
is_pending (const GError *reason)
{
  return g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_PENDING);
}

/* An engine that reconnects may still deliver text before the timeout. */
static gboolean
may_still_write (CapStream *self)
{
  CapEngineState state = cap_engine_get_state (self->engine);

  return state == CAP_ENGINE_READY || state == CAP_ENGINE_RECONNECTING
         || (state == CAP_ENGINE_STARTING && cap_gate_get_end (self->gate) > 0);
}

static void
become_closed (CapStream *self)
{
  if (self->phase == PHASE_CLOSED)
    return;

  g_clear_handle_id (&self->close_timeout, g_source_remove);
  cap_feeder_report_gap (self->feeder);
  cap_transcript_finish (self->transcript);
  set_phase (self, PHASE_CLOSED);
  cap_capture_stop (self->capture);
  emit_changed (self);
}

/* callbacks: the feeder */

/* An utterance that lost its engine's session keeps its last partial text, which
 * becomes final and is marked incomplete. */
static void
on_gone (guint64 position, gpointer user_data)
{
  CapStream *self = user_data;

  cap_transcript_close_orphans (self->transcript, end_time (self, position));
}

static void
on_gap (guint64 begin, guint64 end, double seconds, gpointer user_data)
{
  CapStream *self = user_data;

  cap_transcript_add_gap (self->transcript, begin_time (self, begin), end_time (self, end), seconds);
}

/* callbacks: the parts */

static void
on_audio (CapStream *self, gint64 time, gpointer samples, guint n_frames)
{
  cap_ledger_append (self->ledger, time, samples, n_frames);
  cap_level_feed (self->level, samples, n_frames);
  cap_gate_feed (self->gate, samples, n_frames);
  pump (self);
}

static void
on_capture_paused (CapStream *self)
{
  cap_gate_break (self->gate);
  pump (self);
}

static void
on_capture_changed (CapStream *self)
{
  emit_changed (self);
}

static void
on_level (CapStream *self, double level)
{
  g_signal_emit (self, signals[SIGNAL_LEVEL], 0, level);
}

static void
on_speech_begins (CapStream *self, guint64 position)
{
  cap_feeder_mark (self->feeder, position, TRUE, CAP_GATE_PAUSE);
}

static void
on_speech_ends (CapStream *self, guint64 position, CapGateEnd why)
{
  cap_feeder_mark (self->feeder, position, FALSE, why);
}

/* Words with the times of the stream: a(sxx). */
static GVariant *
time_words (CapStream *self, GVariant *words)
{
  GVariantBuilder list;
  GVariantIter iter;
  const char *word;
  guint64 begin, end;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(sxx)"));
  g_variant_iter_init (&iter, words);
  while (g_variant_iter_next (&iter, "(&stt)", &word, &begin, &end))
    g_variant_builder_add (&list, "(sxx)", word, begin_time (self, begin), end_time (self, end));
  return g_variant_builder_end (&list);
}

static void
on_hypothesis (CapStream *self, const CapHypothesis *hypothesis)
{
  GVariantDict details;

  if (self->phase == PHASE_CLOSED)
    return;

  g_variant_dict_init (&details, NULL);
  if (hypothesis->speaker != NULL || self->speaker != NULL)
    g_variant_dict_insert (&details, "speaker", "s",
                           hypothesis->speaker != NULL ? hypothesis->speaker : self->speaker);
  if (hypothesis->language != NULL)
    g_variant_dict_insert (&details, "language", "s", hypothesis->language);
  if (hypothesis->confidence >= 0)
    g_variant_dict_insert (&details, "confidence", "d", hypothesis->confidence);
  if (hypothesis->settled > 0)
    g_variant_dict_insert (&details, "settled", "u", hypothesis->settled);
  if (hypothesis->words != NULL)
    g_variant_dict_insert_value (&details, "words", time_words (self, hypothesis->words));
  g_variant_dict_insert (&details, "engine", "s",
                         hypothesis->engine != NULL ? hypothesis->engine : cap_engine_get_id (self->engine));

  cap_transcript_take (self->transcript, hypothesis, begin_time (self, hypothesis->begin),
                       end_time (self, hypothesis->end), g_variant_dict_end (&details));
}

static void
on_hungry (CapStream *self)
{
  pump (self);
}

static void
on_settled (CapStream *self, guint64 begin, guint64 end)
{
  cap_feeder_settle (self->feeder, begin, end);
  cap_transcript_retract_orphans (self->transcript,
                                  end_time (self, cap_ledger_get_begin (self->ledger)));
}

/* The engine lost its session, and with it the audio that it had taken. It no
 * longer knows that speech began, or that the stream is closing. */
static void
on_rewind (CapStream *self, guint64 position)
{
  cap_transcript_orphan (self->transcript);
  cap_feeder_rewind (self->feeder, position);
  if (self->phase == PHASE_FINISHING)
    set_phase (self, PHASE_DRAINING);
  pump (self);
}

static void
on_engine_state_changed (CapStream *self)
{
  update_capture (self);
  pump (self);
  emit_changed (self);
}

static void
on_finished (CapStream *self)
{
  become_closed (self);
}

static gboolean
on_close_timeout (gpointer user_data)
{
  CapStream *self = user_data;

  self->close_timeout = 0;
  become_closed (self);
  return G_SOURCE_REMOVE;
}

static void
connect_parts (CapStream *self)
{
  const struct
  {
    gpointer part;
    const char *signal;
    GCallback callback;
  } arrows[] = {
    { self->capture, "audio", G_CALLBACK (on_audio) },
    { self->capture, "paused", G_CALLBACK (on_capture_paused) },
    { self->capture, "changed", G_CALLBACK (on_capture_changed) },
    { self->level, "level", G_CALLBACK (on_level) },
    { self->gate, "speech-begins", G_CALLBACK (on_speech_begins) },
    { self->gate, "speech-ends", G_CALLBACK (on_speech_ends) },
    { self->engine, "hypothesis", G_CALLBACK (on_hypothesis) },
    { self->engine, "hungry", G_CALLBACK (on_hungry) },
    { self->engine, "settled", G_CALLBACK (on_settled) },
    { self->engine, "rewind", G_CALLBACK (on_rewind) },
    { self->engine, "state-changed", G_CALLBACK (on_engine_state_changed) },
    { self->engine, "finished", G_CALLBACK (on_finished) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (arrows); i++)
    g_signal_connect_object (arrows[i].part, arrows[i].signal, arrows[i].callback, self,
                             G_CONNECT_SWAPPED);
}

/* public methods */

CapStream *
cap_stream_new (CapCapture *capture, CapEngine *engine, const char *speaker, guint kept_seconds,
                const GError *blocked)
{
  g_return_val_if_fail (CAP_IS_CAPTURE (capture), NULL);
  g_return_val_if_fail (CAP_IS_ENGINE (engine), NULL);

  static const CapFeederFuncs funcs = { on_gone, on_gap };
  CapStream *self = g_object_new (CAP_TYPE_STREAM, NULL);

  self->capture = g_object_ref (capture);
  self->engine = g_object_ref (engine);
  self->ledger = cap_ledger_new ((guint64) kept_seconds * CAP_AUDIO_RATE);
  self->gate = cap_gate_new ();
  self->level = cap_level_new ();
  self->feeder = cap_feeder_new (self->ledger, self->gate, engine, &funcs, self);
  self->transcript = cap_transcript_new (&(CapTranscriptLimits) CAP_TRANSCRIPT_LIMITS);
  self->speaker = g_strdup (speaker);
  self->blocked = blocked != NULL ? g_error_copy (blocked) : NULL;
  connect_parts (self);
  cap_engine_start (engine);
  update_capture (self);

  return self;
}

void
cap_stream_set_paused (CapStream *self, gboolean paused)
{
  g_return_if_fail (CAP_IS_STREAM (self));

  if (self->paused == paused || self->phase != PHASE_OPEN)
    return;

  self->paused = paused;
  update_capture (self);
  emit_changed (self);
}

void
cap_stream_set_blocked (CapStream *self, const GError *reason)
{
  g_return_if_fail (CAP_IS_STREAM (self));

  if (self->phase != PHASE_OPEN || cap_errors_equal (self->blocked, reason))
    return;

  g_clear_error (&self->blocked);
  if (reason != NULL)
    self->blocked = g_error_copy (reason);
  update_capture (self);
  emit_changed (self);
}

void
cap_stream_flush (CapStream *self)
{
  g_return_if_fail (CAP_IS_STREAM (self));

  cap_gate_flush (self->gate);
  pump (self);
}

void
cap_stream_retry (CapStream *self)
{
  g_return_if_fail (CAP_IS_STREAM (self));

  CapEngineState state = cap_engine_get_state (self->engine);

  if (self->phase == PHASE_OPEN && (state == CAP_ENGINE_FAILED || state == CAP_ENGINE_RECONNECTING))
    cap_engine_start (self->engine);
}

void
cap_stream_close (CapStream *self, guint wait_ms)
{
  g_return_if_fail (CAP_IS_STREAM (self));

  if (self->phase == PHASE_CLOSED || (self->phase != PHASE_OPEN && wait_ms > 0))
    return;

  if (self->phase == PHASE_OPEN)
    set_phase (self, PHASE_DRAINING);
  cap_capture_stop (self->capture);
  if (wait_ms == 0 || !may_still_write (self))
    {
      become_closed (self);
      return;
    }

  cap_gate_flush (self->gate);
  self->close_timeout = g_timeout_add (wait_ms, on_close_timeout, self);
  pump (self);
}

CapStreamState
cap_stream_get_state (CapStream *self)
{
  g_return_val_if_fail (CAP_IS_STREAM (self), CAP_STREAM_CLOSED);

  if (self->phase == PHASE_CLOSED)
    return CAP_STREAM_CLOSED;
  if (self->phase != PHASE_OPEN)
    return CAP_STREAM_LISTENING;

  switch (cap_engine_get_state (self->engine))
    {
    case CAP_ENGINE_FAILED:
      return CAP_STREAM_FAILED;
    case CAP_ENGINE_RECONNECTING:
      if (!self->paused && self->blocked == NULL)
        return CAP_STREAM_RECONNECTING;
      break;
    default:
      break;
    }

  if (self->paused)
    return CAP_STREAM_PAUSED;
  if (self->blocked != NULL)
    return is_pending (self->blocked) ? CAP_STREAM_STARTING : CAP_STREAM_WAITING;
  if (cap_engine_get_state (self->engine) == CAP_ENGINE_STOPPED)
    return CAP_STREAM_STARTING;
  if (cap_capture_get_state (self->capture) == CAP_CAPTURE_WAITING)
    return CAP_STREAM_WAITING;
  if (cap_engine_get_state (self->engine) == CAP_ENGINE_STARTING
      && *cap_engine_get_remote_host (self->engine) != '\0')
    return CAP_STREAM_CONNECTING;
  if (cap_engine_get_state (self->engine) == CAP_ENGINE_READY
      && cap_capture_get_state (self->capture) == CAP_CAPTURE_LINKED)
    return CAP_STREAM_LISTENING;

  return CAP_STREAM_STARTING;
}

const char *
cap_stream_get_state_name (CapStream *self)
{
  static const char *const names[] = { "starting",     "waiting", "connecting", "listening",
                                       "reconnecting", "paused",  "failed",     "closed" };

  g_return_val_if_fail (CAP_IS_STREAM (self), NULL);

  return names[cap_stream_get_state (self)];
}

const GError *
cap_stream_get_reason (CapStream *self)
{
  g_return_val_if_fail (CAP_IS_STREAM (self), NULL);

  switch (cap_stream_get_state (self))
    {
    case CAP_STREAM_WAITING:
      return self->blocked != NULL ? self->blocked : cap_capture_get_reason (self->capture);
    case CAP_STREAM_LISTENING:
    case CAP_STREAM_RECONNECTING:
    case CAP_STREAM_FAILED:
      return cap_engine_get_failure (self->engine);
    default:
      return NULL;
    }
}

const char *
cap_stream_get_description (CapStream *self)
{
  g_return_val_if_fail (CAP_IS_STREAM (self), NULL);

  return cap_capture_get_description (self->capture);
}

CapTranscript *
cap_stream_get_transcript (CapStream *self)
{
  g_return_val_if_fail (CAP_IS_STREAM (self), NULL);

  return self->transcript;
}

gint64
cap_stream_get_epoch (CapStream *self)
{
  g_return_val_if_fail (CAP_IS_STREAM (self), 0);

  return self->epoch;
}

double
cap_stream_get_audio_seconds (CapStream *self)
{
  g_return_val_if_fail (CAP_IS_STREAM (self), 0);

  return (double) cap_ledger_get_end (self->ledger) / CAP_AUDIO_RATE;
}

double
cap_stream_get_lost_seconds (CapStream *self)
{
  g_return_val_if_fail (CAP_IS_STREAM (self), 0);

  guint64 frames = cap_feeder_get_lost_frames (self->feeder) + cap_capture_get_lost_frames (self->capture);

  return (double) frames / CAP_AUDIO_RATE;
}

CapEngine *
cap_stream_get_engine (CapStream *self)
{
  g_return_val_if_fail (CAP_IS_STREAM (self), NULL);

  return self->engine;
}
