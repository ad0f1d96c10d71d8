/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Owns a stream's audio until its text is final: a bounded queue that is
 * addressed by position. The ledger also knows when each position was heard,
 * because a source that pauses delivers no audio: then time passes and the
 * position stands still.
 *
 * The ledger keeps the audio in [begin, end). A part is "settled" when its
 * text is final, or when it has none. Parts are settled in any order; audio is
 * freed once all audio before it is settled too. Appending beyond the bound
 * frees the oldest audio even if it is not settled. A reader notices that
 * because get_begin() has moved past the reader's position.
 */
#define CAP_TYPE_LEDGER (cap_ledger_get_type ())
G_DECLARE_FINAL_TYPE (CapLedger, cap_ledger, CAP, LEDGER, GObject)

/* @max_frames: the most audio to keep, > 0. */
CapLedger *cap_ledger_new (guint64 max_frames);

/* Appends @n_frames. @time is when the first of them was heard, in microseconds
 * of any monotonic clock, always the same one. A time that differs by more
 * than 50 ms from the end of the audio before it is a gap. */
void cap_ledger_append (CapLedger *self, gint64 time, const gint16 *samples, gsize n_frames);

guint64 cap_ledger_get_begin (CapLedger *self);
guint64 cap_ledger_get_end (CapLedger *self);

/* The unsettled audio from @position on, as far as it is contiguous in memory.
 * *@n_frames is its length. Returns NULL, and 0 frames, when the audio at
 * @position is settled, freed or not there yet. The result is valid until the
 * next append or settle. */
const gint16 *cap_ledger_peek (CapLedger *self, guint64 position, gsize *n_frames);

/* Marks the audio in [@begin, @end) as settled: its text is final, or it has
 * none. The parts of the range that the ledger does not keep are ignored. */
void cap_ledger_settle (CapLedger *self, guint64 begin, guint64 end);

/* The first position that is not settled, at or after both @position and
 * get_begin(); get_end() if all of it is settled. */
guint64 cap_ledger_get_open (CapLedger *self, guint64 position);

/* When @position was heard, in microseconds of the clock that append used. Valid
 * from 60 s before get_begin() to get_end(). A later position never has an
 * earlier time. 0 before the first append. */
gint64 cap_ledger_get_time (CapLedger *self, guint64 position);

/* When the audio before @position ended: the time to use for the end of a range.
 * It differs from get_time() at a gap, where the frame at @position was heard
 * later than the frame before it ended. */
gint64 cap_ledger_get_end_time (CapLedger *self, guint64 position);

G_END_DECLS
