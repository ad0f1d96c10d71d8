/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Why a range of speech ended. */
typedef enum
{
  CAP_GATE_PAUSE,  /* the speaker paused, as at the end of a sentence; in a
                    * long utterance a shorter pause is enough */
  CAP_GATE_LENGTH, /* the speaker went on, but the utterance reached 15 s, or
                    * dipped shortly before; the next range of speech begins
                    * at the same position */
  CAP_GATE_FLUSH,  /* the caller flushed the gate, or the source paused */
} CapGateEnd;

/* Voice activity detection: finds in the audio where speech begins and ends.
 * The gate neither stores nor drops audio. When in doubt it reports speech,
 * because a range that is too long costs little and a missed word is lost.
 *
 * Signals, in the order of their positions, alternating:
 *  ::speech-begins (guint64 position)
 *  ::speech-ends (guint64 position, CapGateEnd why)
 *
 * A begin lies up to 400 ms (the pre-roll) before the audio in which the gate
 * noticed speech, so that the first syllable is complete; it never lies before
 * get_decided() or the last end. An end never lies after get_end(), and the
 * range includes the pause that ended it. */
#define CAP_TYPE_GATE (cap_gate_get_type ())
G_DECLARE_FINAL_TYPE (CapGate, cap_gate, CAP, GATE, GObject)

CapGate *cap_gate_new (void);

/* Judges the next frames of the stream. Emits the signals before it returns. */
void cap_gate_feed (CapGate *self, const gint16 *samples, gsize n_frames);

/* Ends the open range of speech, if there is one, at get_end(). */
void cap_gate_flush (CapGate *self);

/* To be called when the source paused: ends the open range of speech, and
 * keeps the next one from beginning before the pause. */
void cap_gate_break (CapGate *self);

/* The position after the last frame that was fed. */
guint64 cap_gate_get_end (CapGate *self);

/* The gate's judgement of the audio before this position is final. The position
 * is get_end() during speech, and the pre-roll before it during silence. */
guint64 cap_gate_get_decided (CapGate *self);

G_END_DECLS
