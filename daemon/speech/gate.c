/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/gate-private.h"
#include "speech/voice.h"

#include <math.h>
#include <string.h>

/* Speech begins this long before the gate noticed it: a first syllable may be
 * soft, and evidence takes time to build up. */
#define PRE_ROLL CAP_AUDIO_MS (400)

/* A pause of this length ends a sentence. */
#define HANG_OVER CAP_AUDIO_MS (650)

/* The longest utterance: readers must not wait longer for its text, and
 * engines have limits of their own. */
#define LONGEST CAP_AUDIO_MS (15 * 1000)

/* After LONG, an ever shorter pause ends an utterance, so that the cut falls
 * between two words: 300 ms at 10 s, 150 ms (longer than any consonant) at
 * 12 s, SHORTEST_PAUSE at LONGEST. After LONGER, the pause need not be silent:
 * a dip of DEEP_DIP (dB) below the speech before it is enough, and the depth
 * falls to SHALLOW_DIP at LONGEST. Dips are the only pauses when music plays
 * under the voice. */
#define LONG CAP_AUDIO_MS (8 * 1000)
#define LONGER CAP_AUDIO_MS (11 * 1000)
#define SHORTEST_PAUSE CAP_AUDIO_MS (50)
#define DEEP_DIP 24.f
#define SHALLOW_DIP 6.f

/* The evidence (dB) above which a block counts as speech: a beginning needs
 * more than a continuation. */
#define EVIDENCE_TO_BEGIN 5.f
#define EVIDENCE_TO_GO_ON 3.f

/* Speech begins when BLOCKS_TO_BEGIN of the last BLOCKS_LOOKED_AT blocks are
 * speech: a click is too short for that. */
#define BLOCKS_TO_BEGIN 7
#define BLOCKS_LOOKED_AT 16

/* The weight of a new block in the mean power of speech: it adapts in about a
 * second. */
#define POWER_PACE 0.01f

/* struct */

struct _CapGate
{
  GObject parent;

  CapVoice *voice;
  gint16 block[CAP_VOICE_FRAMES];
  guint filled;   /* samples in block */

  guint64 end;
  gboolean open;
  guint64 begin;      /* where the open range began */
  guint64 last_end;   /* where the last range ended */
  guint64 last_voice; /* the end of the last block that was speech */
  guint64 last_peak;  /* the end of the last block that was not a dip */
  guint recent;       /* one bit for each recent block: was it speech? */
  float power;        /* the mean power of speech */
};

/* signals */

enum
{
  SIGNAL_SPEECH_BEGINS,
  SIGNAL_SPEECH_ENDS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapGate, cap_gate, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_gate_finalize (GObject *object)
{
  CapGate *self = CAP_GATE (object);

  cap_voice_free (self->voice);

  G_OBJECT_CLASS (cap_gate_parent_class)->finalize (object);
}

static void
cap_gate_init (CapGate *self)
{
  self->voice = cap_voice_new ();
}

static void
cap_gate_class_init (CapGateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_gate_finalize;

  signals[SIGNAL_SPEECH_BEGINS] =
    g_signal_new ("speech-begins", CAP_TYPE_GATE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[SIGNAL_SPEECH_ENDS] =
    g_signal_new ("speech-ends", CAP_TYPE_GATE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_UINT);
}

/* private */

static void
begin_at (CapGate *self, guint64 position)
{
  self->open = TRUE;
  self->begin = position;
  self->last_peak = self->end;
  g_signal_emit (self, signals[SIGNAL_SPEECH_BEGINS], 0, position);
}

static void
end_now (CapGate *self, CapGateEnd why)
{
  self->open = FALSE;
  self->last_end = self->end;
  self->recent = 0;
  g_signal_emit (self, signals[SIGNAL_SPEECH_ENDS], 0, self->end, why);
}

static void
listen_for_begin (CapGate *self, const CapVoiceFrame *frame)
{
  /* An utterance that was cut short ends before its speaker stops. */
  gboolean speaking = self->last_end > 0 && self->end - self->last_voice < HANG_OVER;
  float needed = speaking ? EVIDENCE_TO_GO_ON : EVIDENCE_TO_BEGIN;

  self->recent = self->recent << 1 | (frame->evidence > needed);
  self->recent &= (1u << BLOCKS_LOOKED_AT) - 1;

  if (__builtin_popcount (self->recent) < (speaking ? 1 : BLOCKS_TO_BEGIN))
    return;

  self->power = frame->power;
  self->last_voice = self->end;
  begin_at (self, cap_gate_get_decided (self));
}

/* How far the open range has got on the way from @length to LONGEST: 0 to 1. */
static float
get_haste (CapGate *self, guint64 length)
{
  guint64 so_far = self->end - self->begin;

  return so_far > length ? MIN ((float) (so_far - length) / (LONGEST - length), 1) : 0;
}

static void
follow (CapGate *self, const CapVoiceFrame *frame)
{
  float haste = get_haste (self, LONGER);
  float dip = DEEP_DIP - haste * (DEEP_DIP - SHALLOW_DIP);

  if (frame->evidence > EVIDENCE_TO_GO_ON)
    {
      self->last_voice = self->end;
      self->power += POWER_PACE * (frame->power - self->power);
    }
  if (haste == 0 || frame->power > self->power * powf (10, -dip / 10))
    self->last_peak = self->end;
}

static void
listen_for_end (CapGate *self, const CapVoiceFrame *frame)
{
  guint64 pause =
    HANG_OVER * powf ((float) SHORTEST_PAUSE / HANG_OVER, get_haste (self, LONG));
  gboolean paused, dipped, too_long;

  follow (self, frame);
  paused = self->end - self->last_voice >= pause;
  dipped = self->end - self->last_peak >= pause;
  too_long = self->end - self->begin + CAP_VOICE_FRAMES > LONGEST;

  if (paused || (dipped && self->last_voice < self->end))
    {
      end_now (self, CAP_GATE_PAUSE);
    }
  else if (dipped || too_long)
    {
      end_now (self, CAP_GATE_LENGTH);
      begin_at (self, self->end);
    }
}

static void
judge (CapGate *self)
{
  CapVoiceFrame frame = cap_voice_judge (self->voice, self->block);

  if (self->open)
    listen_for_end (self, &frame);
  else
    listen_for_begin (self, &frame);
}

/* public methods */

CapGate *
cap_gate_new (void)
{
  return g_object_new (CAP_TYPE_GATE, NULL);
}

void
cap_gate_feed (CapGate *self, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (CAP_IS_GATE (self));
  g_return_if_fail (samples != NULL || n_frames == 0);

  g_autoptr (CapGate) alive = g_object_ref (self);

  while (n_frames > 0)
    {
      gsize n = MIN (n_frames, CAP_VOICE_FRAMES - self->filled);

      memcpy (self->block + self->filled, samples, n * sizeof (gint16));
      samples += n;
      n_frames -= n;
      self->end += n;
      self->filled += n;

      if (self->filled == CAP_VOICE_FRAMES)
        {
          self->filled = 0;
          judge (self);
        }
    }
}

void
cap_gate_flush (CapGate *self)
{
  g_return_if_fail (CAP_IS_GATE (self));

  if (self->open)
    end_now (self, CAP_GATE_FLUSH);
}

void
cap_gate_break (CapGate *self)
{
  g_return_if_fail (CAP_IS_GATE (self));

  cap_gate_flush (self);
  self->last_end = self->end;
  self->recent = 0;
}

guint64
cap_gate_get_end (CapGate *self)
{
  g_return_val_if_fail (CAP_IS_GATE (self), 0);

  return self->end;
}

guint64
cap_gate_get_decided (CapGate *self)
{
  guint64 pre_roll;

  g_return_val_if_fail (CAP_IS_GATE (self), 0);

  if (self->open)
    return self->end;

  pre_roll = self->end > PRE_ROLL ? self->end - PRE_ROLL : 0;
  return MAX (pre_roll, self->last_end);
}

gboolean
cap_gate_is_open (CapGate *self)
{
  g_return_val_if_fail (CAP_IS_GATE (self), FALSE);

  return self->open;
}
