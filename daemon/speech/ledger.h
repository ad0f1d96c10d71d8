/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Owns a stream's audio until its text is final: a bounded FIFO that is
 * addressed by position. It also knows at what time each position was heard,
 * because a source that pauses delivers nothing, and positions do not stand
 * still while time does not.
 *
 * Kept audio is the range [begin, end), some of which may be settled already,
 * behind some that is not: texts come in any order. Appending beyond the bound frees the
 * oldest audio, also when nothing had settled it: whoever reads sees by the
 * begin that it is gone.
 */
#define CAP_TYPE_LEDGER (cap_ledger_get_type ())
G_DECLARE_FINAL_TYPE (CapLedger, cap_ledger, CAP, LEDGER, GObject)

/* @max_frames: the bound, > 0. */
CapLedger *cap_ledger_new (guint64 max_frames);

/* Adds what was heard at @time (microseconds, any monotonic clock that is
 * always the same) of its first frame. A time that differs from where the
 * last audio ended by more than 50 ms makes a new anchor. */
void cap_ledger_append (CapLedger *self, gint64 time, const gint16 *samples, gsize n_frames);

guint64 cap_ledger_get_begin (CapLedger *self);
guint64 cap_ledger_get_end (CapLedger *self);

/* The longest run of kept audio from @position on that is in one piece and not
 * settled, at most to get_end(). Sets *@n_frames, 0 when there is none. Valid
 * until the next append or settle. */
const gint16 *cap_ledger_peek (CapLedger *self, guint64 position, gsize *n_frames);

/* Takes note that the text of [@begin, @end) is final, or that there is none.
 * Audio is freed when all before it is settled too. What lies outside of the
 * kept audio does nothing. */
void cap_ledger_settle (CapLedger *self, guint64 begin, guint64 end);

/* The first position from @position on that is not settled; get_end() where
 * there is none. Below get_begin() it is get_begin(). */
guint64 cap_ledger_get_open (CapLedger *self, guint64 position);

/* When @position was heard, in the clock of append. Good for all positions
 * from the oldest kept audio (and 60 s before it) to the end, and it never
 * falls while positions rise; 0 before anything was appended. */
gint64 cap_ledger_get_time (CapLedger *self, guint64 position);

/* When the audio below @position was over: the time of a range's end. After a
 * gap the same position may begin much later than what came before it ended. */
gint64 cap_ledger_get_end_time (CapLedger *self, guint64 position);

G_END_DECLS
