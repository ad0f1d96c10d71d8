/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/event.h"

G_BEGIN_DECLS

/* Phases of a turn. cap_turn_set_phase() alone changes them.
 *
 * Phase  Meaning, and the phases that follow
 * ---------------------------------------------------------------------------
 * OPEN   Speech goes on, as far as anybody said.
 *        SENT: the gate ended the speech, and the service detects turns.
 *        ENDED: the turn's end is known, from the gate or from the service.
 * SENT   The service has all the audio, and has yet to say where the turn ends.
 *        ENDED: it said so.
 * ENDED  The text is due.
 * LOST   No text came, or the service failed. Another session is asked for it,
 *        so that nobody waits for one here.
 *
 * OPEN, SENT and ENDED lead to LOST as well. Besides, a turn goes away in every
 * phase when its final text comes, and also when it would be LOST and nobody
 * asks for it again. */
typedef enum
{
  CAP_TURN_OPEN,
  CAP_TURN_SENT,
  CAP_TURN_ENDED,
  CAP_TURN_LOST,
} CapTurnPhase;

/* A part of a turn that has a speaker of its own. */
typedef struct
{
  guint64 utterance;
  char *id;            /* NULL: the service gave none */
  guint64 begin, end;  /* positions */
  char *text;
  char *speaker;
} CapTurnPart;

/* One turn of speech: what is known of it, and its text so far. */
typedef struct
{
  guint64 utterance;
  char *item_id;       /* NULL: the service has not named it */
  guint64 begin;       /* positions */
  guint64 end;         /* the begin, until the turn has ended */
  CapTurnPhase phase;
  gint64 due;          /* the text is given up then: monotonic, µs; 0 in OPEN and LOST */
  gboolean committed;  /* the service said so */
  GString *text;
  GPtrArray *parts;    /* of CapTurnPart */
} CapTurn;

CapTurn *cap_turn_new (guint64 utterance, guint64 begin);
void cap_turn_free (CapTurn *self);

/* @patience_ms: for SENT and ENDED, how long from now the text may take. */
void cap_turn_set_phase (CapTurn *self, CapTurnPhase phase, guint patience_ms);
/* Whether nothing is added to it any more: ENDED or LOST. */
gboolean cap_turn_has_ended (const CapTurn *self);

/* FALSE: the text would grow beyond what is kept of one turn. */
gboolean cap_turn_append (CapTurn *self, const char *text);

/* NULL where there is no such part, or no @id. */
CapTurnPart *cap_turn_find_part (CapTurn *self, const char *id);
/* FALSE: another part with this text would be more than is kept of one turn. */
gboolean cap_turn_may_add_part (CapTurn *self, const char *text);
CapTurnPart *cap_turn_add_part (CapTurn *self, const char *id, guint64 utterance);
/* Takes the text, the speaker and the times of a SEGMENT. */
void cap_turn_set_part (CapTurn *self, CapTurnPart *part, const CapEvent *event);
/* The service failed: what its parts said was not true. */
void cap_turn_clear_parts (CapTurn *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapTurn, cap_turn_free)

G_END_DECLS
