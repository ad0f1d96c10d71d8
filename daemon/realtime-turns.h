/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engine.h"
#include "realtime-event.h"

G_BEGIN_DECLS

typedef struct
{
  void (*hypothesis) (const CapHypothesis *hypothesis, gpointer user_data);
  void (*settled) (guint64 position, gpointer user_data);
  void (*idle) (gpointer user_data); /* no turn waits for its text any more */
} CapRealtimeTurnsFuncs;

/* Puts what a service says of its items together with what was sent to it:
 * turns of speech with their positions, texts and order. Knows no network.
 * Each item ends in one of: its text, a failure, or nothing at all, which is
 * noticed 20 seconds after its turn ended; none of these holds up another. */
typedef struct _CapRealtimeTurns CapRealtimeTurns;

CapRealtimeTurns *cap_realtime_turns_new (const CapRealtimeTurnsFuncs *funcs, gpointer user_data);
void cap_realtime_turns_free (CapRealtimeTurns *self);

/* A new session: items of the one before it are unknown. @server_turns: its
 * events say where turns are; otherwise begin() and end() do. @in_order: texts
 * come in the order of turns, whatever their items are called. */
void cap_realtime_turns_open (CapRealtimeTurns *self, gboolean server_turns, gboolean in_order);

/* The session is over: text that is not final becomes so, turns without text
 * are given up. */
void cap_realtime_turns_close (CapRealtimeTurns *self);

/* What was sent, or was left out because nobody speaks, in order of
 * positions. */
void cap_realtime_turns_sent (CapRealtimeTurns *self, guint64 position, gsize n_frames);
void cap_realtime_turns_sent_silence (CapRealtimeTurns *self, gsize n_frames);
void cap_realtime_turns_skipped (CapRealtimeTurns *self, guint64 position, gsize n_frames);

/* Turns of ours, when the service does not detect them. */
void cap_realtime_turns_begin (CapRealtimeTurns *self, guint64 position);
void cap_realtime_turns_end (CapRealtimeTurns *self, guint64 position);

/* SPEECH_STARTED … SEGMENT; and ERROR, which costs the first turn that ended
 * and has no answer. */
void cap_realtime_turns_take (CapRealtimeTurns *self, const CapEvent *event);

/* Whether no turn is open or waits for its text, and none may come of what was
 * sent already. */
gboolean cap_realtime_turns_is_idle (CapRealtimeTurns *self);
/* Whether a turn that ended waits for its text. */
gboolean cap_realtime_turns_is_waiting (CapRealtimeTurns *self);

/* After what was sent or skipped. */
guint64 cap_realtime_turns_get_position (CapRealtimeTurns *self);

/* For tests: how long a turn waits for its text, ms. */
void cap_realtime_turns_set_patience (CapRealtimeTurns *self, guint ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeTurns, cap_realtime_turns_free)

G_END_DECLS
