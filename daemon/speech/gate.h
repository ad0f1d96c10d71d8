/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Why a range of speech ended. */
typedef enum
{
  CAP_GATE_PAUSE,  /* a pause long enough to be the end of a sentence, or
                    * of a part of one that had become long */
  CAP_GATE_LENGTH, /* speech went on: cut at the longest utterance (15 s), or
                    * in a dip shortly before it; more speech begins at the
                    * same position */
  CAP_GATE_FLUSH,  /* somebody asked for it, or the source paused */
} CapGateEnd;

/* Says from the audio alone where speech begins and ends. It never drops
 * audio and holds none. When in doubt it says speech: a range too long costs
 * a little, a word that was missed is lost.
 *
 * Signals, in the order of their positions, alternating:
 *  ::speech-begins (guint64 position)
 *  ::speech-ends (guint64 position, CapGateEnd why)
 *
 * A begin lies up to the pre-roll before the audio that gave it away, so that
 * no first syllable is cut, and never before get_decided() or the last end.
 * An end is never after get_end(), and it includes the hang-over. */
#define CAP_TYPE_GATE (cap_gate_get_type ())
G_DECLARE_FINAL_TYPE (CapGate, cap_gate, CAP, GATE, GObject)

CapGate *cap_gate_new (void);

/* Judges the next frames of the stream; emits from inside. */
void cap_gate_feed (CapGate *self, const gint16 *samples, gsize n_frames);

/* Ends a range of speech that is open, at get_end(). */
void cap_gate_flush (CapGate *self);

/* The source paused, and what comes next is from another time: ends a range
 * that is open, and lets no later one reach back over the pause. */
void cap_gate_break (CapGate *self);

/* Position after the last frame fed. */
guint64 cap_gate_get_end (CapGate *self);

/* Audio below this position will not be marked otherwise any more. In speech
 * it is get_end(), in silence the pre-roll before it. */
guint64 cap_gate_get_decided (CapGate *self);

gboolean cap_gate_is_open (CapGate *self);

G_END_DECLS
