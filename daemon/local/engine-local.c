/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/engine-local-private.h"

#include "base/alarm.h"
#include "dbus/error.h"
#include "local/process.h"
#include "local/resampler.h"

/* How long the engine keeps its process, which takes a hundred megabytes or more,
 * without speech: short enough that a stream that waits all day does not hold it, and
 * long enough that a conversation does not load a model again and again. */
#define KEEP_MS (5 * 60 * 1000)

/* The most speech that the process has not acknowledged. */
#define ROOM CAP_AUDIO_MS (5000)
/* Sent at a time. */
#define CHUNK CAP_AUDIO_MS (50)

/* A candidate gets this many new processes in this time (µs). */
#define MOST_RESTARTS 3
#define RESTART_TIME (60 * G_USEC_PER_SEC)

/* Only set_phase() changes the phase.
 *
 * phase     process       next phases
 *
 * STOPPED   none          RESTING: start(), with a candidate that can run
 *                         FAILED: start(), without
 * RESTING   none          LOADING: speech begins
 * LOADING   has no model, or waits
 *           for a check of its files
 *                         RUNNING: it has loaded; push() takes speech from now on
 *                         RESTING: it failed, or all text was final and it was not needed
 *                         FAILED: it failed, and no candidate is left
 * RUNNING   takes speech  RESTING: it failed, or nobody has spoken for KEEP_MS
 *                         FAILED: it failed, and no candidate is left
 * FAILED    none          RESTING: start(), with a candidate that can run
 */
typedef enum
{
  PHASE_STOPPED,
  PHASE_RESTING,
  PHASE_LOADING,
  PHASE_RUNNING,
  PHASE_FAILED,
} Phase;

/* struct */

struct _CapEngineLocal
{
  CapEngine parent_instance;

  CapHosts *hosts;
  GPtrArray *candidates;
  guint candidate; /* index of the active one */
  guint threads;
  guint keep_ms;

  Phase phase;
  CapHold *hold; /* on the model of the process, or NULL */
  CapProcess *process;
  CapAlarm *rest; /* ends a process that is not needed */
  CapAlarm *soon; /* reports outside of a call of the stream that all text is final */
  gint64 restarts[MOST_RESTARTS]; /* when the last ones happened, monotonic; 0: never */
  guint n_failures; /* of processes since the last text became final */

  /* the audio on its way to the process */
  CapResampler *resampler; /* NULL unless RUNNING */
  guint rate;
  GByteArray *chunk;       /* resampled, not sent */
  gsize n_chunk;           /* frames of the stream in the chunk */
  guint64 next;            /* position of the chunk, in frames of the recogniser */
  gsize n_unacknowledged;  /* frames of the stream that were sent */
  gboolean hungry;         /* push() has refused frames */

  gboolean in_speech;
  guint64 begin;           /* where the speech begins */
  gboolean more;           /* the last speech goes on, as far as the process knows */
  guint n_ends;            /* calls of End and Finish without a reply */
  gboolean finishing;

  guint64 pushed;          /* all audio below was pushed */
  guint64 settled;         /* all audio below has its final text */
  guint64 utterances_before; /* this process existed; each counts from 1 */
  guint64 utterance;       /* the newest */
};

static void on_rest (gpointer user_data);
static void on_soon (gpointer user_data);
static void drop_process (CapEngineLocal *self);
static void cap_engine_local_start (CapEngine *engine);
static gsize cap_engine_local_push (CapEngine *engine, guint64 position, const gint16 *samples,
                                    gsize n_frames);
static void cap_engine_local_speech_begins (CapEngine *engine, guint64 position);
static void cap_engine_local_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why);
static void cap_engine_local_finish (CapEngine *engine);

G_DEFINE_FINAL_TYPE (CapEngineLocal, cap_engine_local, CAP_TYPE_ENGINE)

/* lifecycle */

static void
cap_engine_local_init (CapEngineLocal *self)
{
  self->keep_ms = KEEP_MS;
  self->chunk = g_byte_array_new ();
  self->rest = cap_alarm_new ("recogniser rests", on_rest, self);
  self->soon = cap_alarm_new ("local engine finished", on_soon, self);
}

static void
cap_engine_local_dispose (GObject *object)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (object);

  drop_process (self);
  g_clear_pointer (&self->rest, cap_alarm_free);
  g_clear_pointer (&self->soon, cap_alarm_free);

  G_OBJECT_CLASS (cap_engine_local_parent_class)->dispose (object);
}

static void
cap_engine_local_finalize (GObject *object)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (object);

  g_byte_array_unref (self->chunk);
  g_ptr_array_unref (self->candidates);
  g_clear_object (&self->hosts);

  G_OBJECT_CLASS (cap_engine_local_parent_class)->finalize (object);
}

static void
cap_engine_local_class_init (CapEngineLocalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  CapEngineClass *engine_class = CAP_ENGINE_CLASS (klass);

  object_class->dispose = cap_engine_local_dispose;
  object_class->finalize = cap_engine_local_finalize;
  engine_class->start = cap_engine_local_start;
  engine_class->push = cap_engine_local_push;
  engine_class->speech_begins = cap_engine_local_speech_begins;
  engine_class->speech_ends = cap_engine_local_speech_ends;
  engine_class->finish = cap_engine_local_finish;
}

/* private */

static void
set_phase (CapEngineLocal *self, Phase phase)
{
  self->phase = phase;
}

/* A position of the process as one of the stream. */
static guint64
to_stream (CapEngineLocal *self, guint64 position)
{
  return CLAMP (position * CAP_AUDIO_RATE / self->rate, self->settled, MAX (self->pushed, self->settled));
}

static void
settle (CapEngineLocal *self, guint64 position)
{
  if (position <= self->settled)
    return;

  self->settled = position;
  self->n_failures = 0;
  cap_engine_emit_settled (CAP_ENGINE (self), 0, position);
}

/* The process has nothing to do, and owes no text. */
static gboolean
is_idle (CapEngineLocal *self)
{
  return !self->in_speech && !self->more && self->n_ends == 0;
}

/* Follows each change after which the engine may owe no more text. */
static void
check_idle (CapEngineLocal *self)
{
  if (!is_idle (self))
    return;

  if (self->process != NULL)
    cap_alarm_ensure (self->rest, self->keep_ms);
  cap_alarm_ensure (self->soon, 0);
}

static void
on_soon (gpointer user_data)
{
  CapEngineLocal *self = user_data;

  g_autoptr (CapEngineLocal) alive = g_object_ref (self);

  if (!is_idle (self))
    return;

  settle (self, self->pushed);
  if (!self->finishing)
    return;

  self->finishing = FALSE;
  cap_engine_emit_finished (CAP_ENGINE (self));
}

/* sending */

static void
send_chunk (CapEngineLocal *self)
{
  gsize n_frames = self->chunk->len / cap_resampler_get_frame_size (self->resampler);

  self->n_unacknowledged += self->n_chunk;
  cap_process_audio (self->process, self->next, self->chunk, self->n_chunk);
  self->chunk = g_byte_array_new ();
  self->n_chunk = 0;
  self->next += n_frames;
}

/* Tells the process that speech begins. If the last speech goes on, the process
 * continues without a seam. */
static void
send_begin (CapEngineLocal *self)
{
  if (!self->more || self->begin != self->pushed)
    {
      self->next = MAX (self->next, self->begin * self->rate / CAP_AUDIO_RATE);
      cap_resampler_reset (self->resampler);
    }
  self->more = FALSE;
  cap_process_begin (self->process, self->next);
}

static void
send_end (CapEngineLocal *self, guint64 position, gboolean more)
{
  if (!more)
    cap_resampler_drain (self->resampler, self->chunk);
  if (self->chunk->len > 0)
    send_chunk (self);
  self->n_ends++;
  self->more = more;
  /* While the speech goes on, only final text settles its audio. */
  cap_process_end (self->process, self->next, more, more ? 0 : position);
}

/* The last speech does not go on after all. */
static void
send_finish (CapEngineLocal *self)
{
  self->more = FALSE;
  self->n_ends++;
  cap_process_finish (self->process);
}

/* the process */

static CapCandidate *
get_candidate (CapEngineLocal *self)
{
  return g_ptr_array_index (self->candidates, self->candidate);
}

static void
drop_process (CapEngineLocal *self)
{
  if (self->process != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->process, self);
      cap_process_stop (self->process);
      g_clear_object (&self->process);
    }
  g_clear_pointer (&self->resampler, cap_resampler_free);
  g_byte_array_set_size (self->chunk, 0);
  self->n_chunk = 0;
  self->n_unacknowledged = 0;
  self->n_ends = 0;
  self->more = FALSE;
  self->utterances_before = self->utterance;
  g_clear_pointer (&self->hold, cap_hold_free);
  cap_alarm_clear (self->rest);
}

static void
on_rest (gpointer user_data)
{
  CapEngineLocal *self = user_data;

  if (!is_idle (self))
    return;

  drop_process (self);
  set_phase (self, PHASE_RESTING);
  /* After a rest, a better candidate gets another chance. */
  if (self->candidate == 0)
    return;
  self->candidate = 0;
  cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_READY, NULL);
}

static void
on_loaded (CapEngineLocal *self, guint rate, gboolean as_float, CapProcess *process)
{
  self->rate = rate;
  self->next = 0;
  self->resampler = cap_resampler_new (rate, as_float);
  set_phase (self, PHASE_RUNNING);
  if (self->in_speech)
    send_begin (self);
  self->hungry = FALSE;
  check_idle (self);
  cap_engine_emit_hungry (CAP_ENGINE (self));
}

/* Words of the process, with positions of the stream: a(stt). */
static GVariant *
convert_words (CapEngineLocal *self, GVariant *words)
{
  GVariantBuilder list;
  GVariantIter iter;
  const char *word;
  guint64 begin, end;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(stt)"));
  g_variant_iter_init (&iter, words);
  while (g_variant_iter_next (&iter, "(&sttd)", &word, &begin, &end, NULL))
    g_variant_builder_add (&list, "(stt)", word, to_stream (self, begin), to_stream (self, MAX (begin, end)));
  return g_variant_ref_sink (g_variant_builder_end (&list));
}

static void
on_hypothesis (CapEngineLocal *self, const CapProcessHypothesis *heard, CapProcess *process)
{
  g_autoptr (GVariant) words = heard->words != NULL ? convert_words (self, heard->words) : NULL;
  CapHypothesis hypothesis = {
    .utterance = self->utterances_before + heard->utterance,
    .begin = to_stream (self, heard->begin),
    .end = to_stream (self, heard->end),
    .text = heard->text,
    .final = heard->final,
    .settled = heard->settled,
    .language = heard->language != NULL ? heard->language : cap_process_get_language (process),
    .confidence = heard->confidence,
    .words = words,
  };
  g_autoptr (CapEngineLocal) alive = g_object_ref (self);

  self->utterance = hypothesis.utterance;
  cap_engine_emit_hypothesis (CAP_ENGINE (self), &hypothesis);
  if (heard->final && self->process == process)
    settle (self, hypothesis.end);
}

static void
take_acknowledged (CapEngineLocal *self, gsize n_frames)
{
  self->n_unacknowledged -= n_frames;
  if (!self->hungry || self->n_unacknowledged > ROOM / 2)
    return;

  self->hungry = FALSE;
  cap_engine_emit_hungry (CAP_ENGINE (self));
}

static void
on_replied (CapEngineLocal *self, CapProcessCall call, guint64 value, CapProcess *process)
{
  g_autoptr (CapEngineLocal) alive = g_object_ref (self);

  switch (call)
    {
    case CAP_PROCESS_BEGIN:
      break;
    case CAP_PROCESS_AUDIO:
      take_acknowledged (self, value);
      break;
    case CAP_PROCESS_END:
    case CAP_PROCESS_FINISH:
      self->n_ends--;
      check_idle (self);
      settle (self, value);
      break;
    }
}

/* Counts a restart, if one more is allowed. */
static gboolean
may_restart (CapEngineLocal *self)
{
  gint64 now = g_get_monotonic_time ();

  /* Slow failures, such as a model that never loads, would restart for ever. */
  if (self->n_failures > MOST_RESTARTS)
    return FALSE;

  for (guint i = 0; i < MOST_RESTARTS; i++)
    if (self->restarts[i] == 0 || now - self->restarts[i] > RESTART_TIME)
      {
        self->restarts[i] = now;
        return TRUE;
      }

  return FALSE;
}

static gboolean
next_candidate (CapEngineLocal *self)
{
  for (gsize i = 0; i < MOST_RESTARTS; i++)
    self->restarts[i] = 0;
  self->n_failures = 0;
  while (++self->candidate < self->candidates->len)
    if (cap_candidate_check (get_candidate (self), NULL))
      return TRUE;

  return FALSE;
}

/* Makes the stream push again all that has no final text. */
static void
rewind_stream (CapEngineLocal *self)
{
  self->in_speech = FALSE;
  self->finishing = FALSE;
  self->hungry = FALSE;
  self->pushed = self->settled;
  cap_engine_emit_rewind (CAP_ENGINE (self), self->settled);
}

static void
on_failed (CapEngineLocal *self, const GError *error, gboolean again, CapProcess *process)
{
  g_autoptr (CapEngineLocal) alive = g_object_ref (self);
  g_autoptr (GError) stands_in = NULL;
  gboolean was_idle = is_idle (self);

  g_message ("%s", error->message);
  drop_process (self);
  set_phase (self, PHASE_RESTING);
  if (was_idle)
    return;

  self->n_failures++;
  if (!(again && may_restart (self)))
    {
      if (!next_candidate (self))
        {
          set_phase (self, PHASE_FAILED);
          cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_FAILED, error);
          rewind_stream (self);
          return;
        }
      stands_in = g_error_new (error->domain, error->code, "%s continues instead. %s",
                               get_candidate (self)->recogniser->name, error->message);
      cap_engine_set_state (CAP_ENGINE (self), CAP_ENGINE_READY, stands_in);
    }
  rewind_stream (self);
}

static void
run (CapEngineLocal *self)
{
  /* A stream whose own speech may end processes must not harm others. */
  g_autoptr (CapHosts) hosts = self->n_failures > 1 ? cap_hosts_new () : g_object_ref (self->hosts);

  self->process = cap_process_new (hosts, get_candidate (self), self->threads);
  g_signal_connect_object (self->process, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->process, "hypothesis", G_CALLBACK (on_hypothesis), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->process, "replied", G_CALLBACK (on_replied), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->process, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
}

static void load (CapEngineLocal *self);

/* A damaged model would end its process again and again. */
static void
on_held (const GError *error, gpointer user_data)
{
  CapEngineLocal *self = user_data;

  if (error != NULL)
    on_failed (self, error, FALSE, NULL);
  else if (cap_candidate_is_current (get_candidate (self)))
    run (self);
  else
    load (self);
}

/* The model may have changed since the stream opened, or since the last rest. */
static void
load (CapEngineLocal *self)
{
  CapCandidate *candidate = get_candidate (self);

  set_phase (self, PHASE_LOADING);
  cap_candidate_renew (candidate);
  g_clear_pointer (&self->hold, cap_hold_free);
  if (candidate->entry != NULL)
    self->hold = cap_candidate_hold (candidate, on_held, self);
  else
    run (self);
}

/* engine */

static void
cap_engine_local_start (CapEngine *engine)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (engine);
  g_autoptr (GError) error = NULL;

  drop_process (self);
  self->candidate = 0;
  cap_engine_set_state (engine, CAP_ENGINE_STARTING, NULL);
  if (!cap_candidate_check (get_candidate (self), &error) && !next_candidate (self))
    {
      set_phase (self, PHASE_FAILED);
      cap_engine_set_state (engine, CAP_ENGINE_FAILED, error);
      return;
    }

  set_phase (self, PHASE_RESTING);
  cap_engine_set_state (engine, CAP_ENGINE_READY, error);
}

static gsize
push_speech (CapEngineLocal *self, const gint16 *samples, gsize n_frames)
{
  gsize n_waiting = self->n_unacknowledged + self->n_chunk;
  gsize n_taken = MIN (n_frames, ROOM > n_waiting ? ROOM - n_waiting : 0);

  self->hungry |= n_taken < n_frames;
  for (gsize done = 0; done < n_taken;)
    {
      gsize n = MIN (CHUNK - self->n_chunk, n_taken - done);

      cap_resampler_push (self->resampler, samples + done, n, self->chunk);
      self->n_chunk += n;
      done += n;
      if (self->n_chunk == CHUNK)
        send_chunk (self);
    }
  return n_taken;
}

static gsize
cap_engine_local_push (CapEngine *engine, guint64 position, const gint16 *samples, gsize n_frames)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (engine);

  if (self->in_speech && self->phase != PHASE_RUNNING)
    {
      self->hungry = TRUE;
      return 0;
    }

  if (self->in_speech)
    n_frames = push_speech (self, samples, n_frames);
  else if (self->more && n_frames > 0)
    send_finish (self);
  self->pushed = position + n_frames;
  check_idle (self);
  return n_frames;
}

static void
cap_engine_local_speech_begins (CapEngine *engine, guint64 position)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (engine);

  if (self->phase == PHASE_STOPPED || self->phase == PHASE_FAILED)
    return;

  self->in_speech = TRUE;
  self->begin = position;
  cap_alarm_clear (self->rest);
  if (self->phase == PHASE_RUNNING)
    send_begin (self);
  else if (self->phase == PHASE_RESTING)
    load (self);
}

static void
cap_engine_local_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (engine);

  if (!self->in_speech)
    return;

  self->in_speech = FALSE;
  if (self->phase == PHASE_RUNNING)
    send_end (self, position, why == CAP_GATE_LENGTH);
  check_idle (self);
}

static void
cap_engine_local_finish (CapEngine *engine)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (engine);

  self->finishing = TRUE;
  if (self->in_speech)
    cap_engine_local_speech_ends (engine, self->pushed, CAP_GATE_FLUSH);
  if (self->more)
    send_finish (self);
  check_idle (self);
}

/* public methods */

CapEngine *
cap_engine_local_new (const char *id, CapHosts *hosts, GPtrArray *candidates, guint threads)
{
  CapEngineLocal *self;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (CAP_IS_HOSTS (hosts), NULL);
  g_return_val_if_fail (candidates != NULL && candidates->len > 0, NULL);
  g_return_val_if_fail (threads > 0, NULL);

  self = g_object_new (CAP_TYPE_ENGINE_LOCAL, "id", id, NULL);
  self->hosts = g_object_ref (hosts);
  self->candidates = g_ptr_array_ref (candidates);
  self->threads = threads;
  return CAP_ENGINE (self);
}

void
cap_engine_local_set_keep_process (CapEngineLocal *self, guint ms)
{
  g_return_if_fail (CAP_IS_ENGINE_LOCAL (self));

  self->keep_ms = ms;
}

gboolean
cap_engine_local_has_process (CapEngineLocal *self)
{
  g_return_val_if_fail (CAP_IS_ENGINE_LOCAL (self), FALSE);

  return self->process != NULL;
}
