/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "text/feeder.h"
#include "speech/marks.h"

/* The feeder reports a gap once GAP_QUIET_FRAMES arrived after it without a loss,
 * or once it is GAP_LONGEST_FRAMES long. An engine that is too slow would
 * otherwise cause a report for every chunk. */
#define GAP_QUIET_FRAMES CAP_AUDIO_MS (2000)
#define GAP_LONGEST_FRAMES CAP_AUDIO_MS (10000)

struct _CapFeeder
{
  CapLedger *ledger; /* not owned */
  CapGate *gate;     /* not owned */
  CapEngine *engine; /* not owned */
  CapMarks *marks;   /* their reader stands at the cursor */
  CapFeederFuncs funcs;
  gpointer user_data;

  guint64 cursor;    /* position of the next frame for the engine */
  guint64 offered;   /* position after the last frame that the engine was offered */
  gboolean speaking; /* the engine knows of the begin of speech, and not of its end */

  guint64 gap_begin, gap_end; /* the gap that is not reported yet */
  guint64 gap_frames;         /* lost frames of speech in that gap */
  guint64 lost_frames;        /* lost frames of speech since the beginning */
};

/* private */

/* Called just before the engine gets the first audio of an utterance. */
static void
tell_begin (CapFeeder *self)
{
  if (self->speaking)
    return;

  self->speaking = TRUE;
  cap_engine_speech_begins (self->engine, self->cursor);
}

static void
tell_end (CapFeeder *self, CapGateEnd why)
{
  if (!self->speaking)
    return;

  self->speaking = FALSE;
  cap_engine_speech_ends (self->engine, self->cursor, why);
}

/* Continues at @position and leaves out the audio before it. No utterance spans
 * the audio that is left out: the current one ends here, and if @position is
 * speech, the next push begins a new one. */
static void
jump (CapFeeder *self, guint64 position)
{
  tell_end (self, CAP_GATE_FLUSH);
  self->cursor = position;
  cap_marks_seek (self->marks, position);
}

/* Gives the engine the audio up to @until, except for audio that was settled before
 * a rewind. FALSE if the engine did not take all of it. */
static gboolean
push_until (CapFeeder *self, guint64 until)
{
  while (self->cursor < until)
    {
      guint64 open = cap_ledger_get_open (self->ledger, self->cursor);
      gsize n_frames, taken;
      const gint16 *samples;

      if (open > self->cursor)
        {
          jump (self, open);
          continue;
        }

      samples = cap_ledger_peek (self->ledger, self->cursor, &n_frames);
      n_frames = MIN (n_frames, until - self->cursor);
      if (cap_marks_is_speech (self->marks))
        tell_begin (self);
      self->offered = self->cursor + n_frames;
      taken = cap_engine_push (self->engine, self->cursor, samples, n_frames);
      self->cursor += taken;
      if (taken < n_frames)
        return FALSE;
    }

  return TRUE;
}

/* public functions */

CapFeeder *
cap_feeder_new (CapLedger *ledger,
                CapGate *gate,
                CapEngine *engine,
                const CapFeederFuncs *funcs,
                gpointer user_data)
{
  CapFeeder *self;

  g_return_val_if_fail (CAP_IS_LEDGER (ledger), NULL);
  g_return_val_if_fail (CAP_IS_GATE (gate), NULL);
  g_return_val_if_fail (CAP_IS_ENGINE (engine), NULL);
  g_return_val_if_fail (funcs != NULL, NULL);

  self = g_new0 (CapFeeder, 1);
  self->ledger = ledger;
  self->gate = gate;
  self->engine = engine;
  self->marks = cap_marks_new ();
  self->funcs = *funcs;
  self->user_data = user_data;

  return self;
}

void
cap_feeder_free (CapFeeder *self)
{
  g_return_if_fail (self != NULL);

  cap_marks_free (self->marks);
  g_free (self);
}

void
cap_feeder_mark (CapFeeder *self, guint64 position, gboolean begins, CapGateEnd why)
{
  g_return_if_fail (self != NULL);

  cap_marks_add (self->marks, position, begins, why);
}

void
cap_feeder_skip_lost (CapFeeder *self)
{
  guint64 begin, speech;

  g_return_if_fail (self != NULL);

  begin = cap_ledger_get_begin (self->ledger);
  if (begin <= self->cursor)
    return;

  speech = cap_marks_count_speech (self->marks, self->cursor, begin);
  if (speech > 0)
    {
      if (self->gap_frames == 0)
        self->gap_begin = self->cursor;
      self->gap_end = begin;
      self->gap_frames += speech;
      self->lost_frames += speech;
    }
  jump (self, begin);
  self->funcs.gone (begin, self->user_data);
  cap_marks_forget (self->marks, begin);
  if (self->gap_frames > 0 && self->gap_end - self->gap_begin >= GAP_LONGEST_FRAMES)
    cap_feeder_report_gap (self);
}

gboolean
cap_feeder_push (CapFeeder *self)
{
  const CapMark *mark;

  g_return_val_if_fail (self != NULL, FALSE);

  while ((mark = cap_marks_peek (self->marks)) != NULL)
    {
      CapGateEnd why;

      if (!push_until (self, mark->position))
        return FALSE;

      /* A jump may have moved the marks' reader past this mark. */
      mark = cap_marks_peek (self->marks);
      if (mark == NULL || mark->position > self->cursor)
        continue;
      why = mark->why;
      cap_marks_pass (self->marks);
      if (!cap_marks_is_speech (self->marks))
        tell_end (self, why);
    }

  return push_until (self, cap_gate_get_decided (self->gate));
}

void
cap_feeder_settle (CapFeeder *self, guint64 begin, guint64 end)
{
  g_return_if_fail (self != NULL);

  cap_ledger_settle (self->ledger, begin, MIN (end, self->offered));
  cap_marks_forget (self->marks, cap_ledger_get_begin (self->ledger));
}

void
cap_feeder_rewind (CapFeeder *self, guint64 position)
{
  g_return_if_fail (self != NULL);

  self->cursor = self->offered = MIN (position, self->cursor);
  self->speaking = FALSE;
  cap_marks_seek (self->marks, self->cursor);
}

void
cap_feeder_report_gap (CapFeeder *self)
{
  double seconds;

  g_return_if_fail (self != NULL);

  seconds = (double) self->gap_frames / CAP_AUDIO_RATE;
  if (self->gap_frames == 0)
    return;

  self->funcs.gap (self->gap_begin, self->gap_end, seconds, self->user_data);
  self->gap_frames = 0;
}

void
cap_feeder_report_old_gap (CapFeeder *self)
{
  g_return_if_fail (self != NULL);

  if (self->cursor >= self->gap_end + GAP_QUIET_FRAMES)
    cap_feeder_report_gap (self);
}

guint64
cap_feeder_get_lost_frames (CapFeeder *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->lost_frames;
}
