/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"
#include "protocol/event.h"

G_BEGIN_DECLS

/* Called from the main context; also from inside of a call. */
typedef struct
{
  /* Returns a number that no utterance of the engine had before. */
  guint64 (*next_utterance) (gpointer user_data);
  /* @hypothesis is valid during the call. */
  void (*hypothesis) (const CapHypothesis *hypothesis, gpointer user_data);
  /* This audio has its final text, or gets none. */
  void (*settled) (guint64 begin, guint64 end, gpointer user_data);
  /* No turn is open, or waits for its text, any more. */
  void (*idle) (gpointer user_data);
  /* This turn will get no text here. TRUE: its audio goes to another session, and
   * this one is about to end. FALSE: its partial text, if it has any, becomes
   * final. */
  gboolean (*lost) (guint64 begin, guint64 end, gpointer user_data);
} CapRealtimeTurnsFuncs;

/* The turns of speech of one session. Matches the events of the service, which
 * speak of its items, with the audio that was sent, and so gives each turn its
 * positions, its text and its place. Knows no network.
 *
 * The service answers each turn with a text, with a failure, or not at all, which
 * is noticed 20 seconds after the turn ended. No turn holds up another. */
typedef struct _CapRealtimeTurns CapRealtimeTurns;

/* @server_turns: the service's events say where turns are; otherwise begin() and
 * end() do. @in_order: texts come in the order of turns, and item ids do not
 * count. */
CapRealtimeTurns *cap_realtime_turns_new (gboolean server_turns,
                                          gboolean in_order,
                                          const CapRealtimeTurnsFuncs *funcs,
                                          gpointer user_data);
void cap_realtime_turns_free (CapRealtimeTurns *self);

/* Audio that was sent, or left out because nobody speaks, in the order of
 * positions; and silence that was added to it. */
void cap_realtime_turns_sent (CapRealtimeTurns *self, guint64 position, gsize n_frames);
void cap_realtime_turns_sent_silence (CapRealtimeTurns *self, gsize n_frames);
void cap_realtime_turns_skipped (CapRealtimeTurns *self, guint64 position, gsize n_frames);

/* The gate saw speech begin, and end, at @position. @behind: the service still has
 * much of it to read, so that its first event may come that much later. */
void cap_realtime_turns_begin (CapRealtimeTurns *self, guint64 position);
void cap_realtime_turns_end (CapRealtimeTurns *self, guint64 position, gboolean behind);

/* SPEECH_STARTED … SEGMENT; and ERROR, which costs the first turn that has ended
 * and was not answered. A turn that was refused because it is empty is not asked
 * for again. */
void cap_realtime_turns_take (CapRealtimeTurns *self, const CapEvent *event);

/* Whether no turn is open or waits for its text, and the service will announce no
 * other in the audio that was sent. */
gboolean cap_realtime_turns_is_idle (CapRealtimeTurns *self);
/* Whether the first turn has ended, and waits for its text. */
gboolean cap_realtime_turns_is_waiting (CapRealtimeTurns *self);

/* The position after everything that was sent or skipped; 0 before the first. */
guint64 cap_realtime_turns_get_position (CapRealtimeTurns *self);
/* The first position that may still get a text; get_position() when there is
 * none. */
guint64 cap_realtime_turns_get_open (CapRealtimeTurns *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeTurns, cap_realtime_turns_free)

G_END_DECLS
