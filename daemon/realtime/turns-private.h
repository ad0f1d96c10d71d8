/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/alarm.h"
#include "realtime/service-clock.h"
#include "realtime/turn.h"
#include "realtime/turns.h"

G_BEGIN_DECLS

/* Audio in which a service that detects turns may announce one. Only
 * set_announcement() changes this. The phases of each turn are in turn.h.
 *
 * Announcement  Meaning, and what follows
 * ---------------------------------------------------------------------------
 * NONE          The last turn was announced after all audio was sent, or nothing
 *               was heard in it.
 *               POSSIBLE: more audio was sent.
 * POSSIBLE      Audio was sent since, and the speech goes on.
 *               NONE: a turn was announced.
 *               DUE: the speech ended.
 * DUE           All audio of the speech was sent. It stays open, because it may
 *               have to be sent again, until announce_due.
 *               NONE: a turn was announced, or the time is over.
 *               DUE: a turn was announced, and the service was behind: it may
 *               announce another.
 *               POSSIBLE: more audio was sent. */
typedef enum
{
  ANNOUNCEMENT_NONE,
  ANNOUNCEMENT_POSSIBLE,
  ANNOUNCEMENT_DUE,
} CapAnnouncement;

struct _CapRealtimeTurns
{
  CapRealtimeTurnsFuncs funcs;
  gpointer user_data;

  CapServiceClock *clock;
  gboolean server_turns;
  gboolean in_order;
  GPtrArray *turns;     /* of CapTurn, in order: those without their text */
  GQueue *done_ids;     /* of char *, of this session */
  gboolean begun;       /* something was sent or skipped */
  guint64 taken;        /* position after that */
  guint64 answered;     /* position after the last turn that has its text, or gets none */
  guint64 settled;
  CapAnnouncement announcement;
  gint64 announce_due;  /* monotonic, µs; 0 unless DUE */
  gboolean behind;      /* it had much to read when all was sent */
  guint patience_ms;
  CapAlarm *alarm;
};

/* For tests: how long a turn waits for its text, ms. */
void cap_realtime_turns_set_patience (CapRealtimeTurns *self, guint ms);

/* turns.c, for turn-events.c */

CapTurn *cap_realtime_turns_at (CapRealtimeTurns *self, guint i);

/* The service speaks of an item before it said where that begins. */
CapTurn *cap_realtime_turns_add_item (CapRealtimeTurns *self, const char *item_id);

/* @event: where the text comes from, or NULL. */
void cap_realtime_turns_say (CapRealtimeTurns *self,
                             CapTurn *turn,
                             const char *text,
                             gboolean final,
                             const CapEvent *event);
void cap_realtime_turns_say_part (CapRealtimeTurns *self, CapTurnPart *part, gboolean final);

/* The turn's end is known. Nothing happens to a turn that is LOST. */
void cap_realtime_turns_end_turn (CapRealtimeTurns *self, CapTurn *turn, guint64 end);

/* The turn gets no text from this session. Returns whether another is asked; if
 * not, the caller completes the turn. */
gboolean cap_realtime_turns_ask_again (CapRealtimeTurns *self, CapTurn *turn);

/* Says the final text, and removes @turn. */
void cap_realtime_turns_complete (CapRealtimeTurns *self,
                                  CapTurn *turn,
                                  const char *text,
                                  const CapEvent *event);

G_END_DECLS
