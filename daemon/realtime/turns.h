/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"
#include "protocol/event.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 (*next_utterance) (gpointer user_data); /* a number that none had before */
  void (*hypothesis) (const CapHypothesis *hypothesis, gpointer user_data);
  void (*settled) (guint64 begin, guint64 end, gpointer user_data);
  void (*idle) (gpointer user_data); /* no turn waits for its text any more */
  /* The turn got no text, and will not. TRUE: it is to be asked for again, in
   * another session, and this one is about to end; FALSE: what was heard of it
   * stays, and that is all. */
  gboolean (*lost) (guint64 begin, guint64 end, gpointer user_data);
} CapRealtimeTurnsFuncs;

/* Puts what a service says of its items together with what was sent to it, in
 * one session: turns of speech with their positions, texts and order. Knows no
 * network. Each item ends in one of: its text, a failure, or nothing at all,
 * which is noticed 20 seconds after its turn ended; none of these holds up
 * another. */
typedef struct _CapRealtimeTurns CapRealtimeTurns;

/* @server_turns: events say where turns are; otherwise begin() and end() do.
 * @in_order: texts come in the order of turns, whatever their items are
 * called. */
CapRealtimeTurns *cap_realtime_turns_new (gboolean server_turns,
                                          gboolean in_order,
                                          const CapRealtimeTurnsFuncs *funcs,
                                          gpointer user_data);
void cap_realtime_turns_free (CapRealtimeTurns *self);

/* What was sent, or was left out because nobody speaks, in order of
 * positions. */
void cap_realtime_turns_sent (CapRealtimeTurns *self, guint64 position, gsize n_frames);
void cap_realtime_turns_sent_silence (CapRealtimeTurns *self, gsize n_frames);
void cap_realtime_turns_skipped (CapRealtimeTurns *self, guint64 position, gsize n_frames);

/* Turns of ours, when the service does not detect them. @behind: it has much of
 * it still to read, and may take that long to say a first word. */
void cap_realtime_turns_begin (CapRealtimeTurns *self, guint64 position);
void cap_realtime_turns_end (CapRealtimeTurns *self, guint64 position, gboolean behind);

/* SPEECH_STARTED … SEGMENT; and ERROR, which costs the first turn that ended
 * and has no answer. A commit that was refused for being empty has nothing to
 * lose. */
void cap_realtime_turns_take (CapRealtimeTurns *self, const CapEvent *event);

/* Whether no turn is open or waits for its text, and none may come of what was
 * sent already. */
gboolean cap_realtime_turns_is_idle (CapRealtimeTurns *self);
/* Whether a turn that ended waits for its text. */
gboolean cap_realtime_turns_is_waiting (CapRealtimeTurns *self);

/* After what was sent or skipped; 0 before. */
guint64 cap_realtime_turns_get_position (CapRealtimeTurns *self);
/* The first of it that has no text yet, and may still get one: the position if
 * there is none such. */
guint64 cap_realtime_turns_get_open (CapRealtimeTurns *self);

/* For tests: how long a turn waits for its text, ms. */
void cap_realtime_turns_set_patience (CapRealtimeTurns *self, guint ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeTurns, cap_realtime_turns_free)

G_END_DECLS
