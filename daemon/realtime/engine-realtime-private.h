/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/alarm.h"
#include "realtime/engine-realtime.h"
#include "realtime/opener.h"
#include "realtime/rollover.h"

G_BEGIN_DECLS

/* Phases. cap_engine_realtime_set_phase() alone changes them, and shows the state
 * that belongs to each. "Idle" means that everything that was sent has its final
 * text.
 *
 * Phase         Line  State         Meaning, and the phases that follow
 * ------------------------------------------------------------------------------
 * STOPPED       no    STOPPED       Not started, or the opener looks for the key.
 *                                   CONNECTING: the key is there.
 *                                   FAILED: there is none.
 * CONNECTING    no    STARTING      The opener tries to get the first session.
 *                                   LISTENING: it got one.
 *                                   RECONNECTING: it waits, and tries again.
 *                                   FAILED: trying again would be of no use.
 * LISTENING     yes   READY         Audio is taken.
 *                                   WINDING_DOWN: nobody has spoken for a while.
 *                                   RESTARTING: the settings changed, and a turn
 *                                   has no text yet.
 *                                   RECONNECTING: the session was lost, and no
 *                                   next one was ready.
 *                                   FAILED: the same, and trying again would be of
 *                                   no use.
 * WINDING_DOWN  yes   READY         As LISTENING, until the engine is idle.
 *                                   RESTING: it is, and the session is closed.
 *                                   LISTENING: somebody speaks.
 *                                   RESTARTING, RECONNECTING, FAILED: as LISTENING.
 * RESTARTING    yes   READY         The old settings still hold for the open turn,
 *                                   and no other may begin.
 *                                   CONNECTING: the engine is idle, or the session
 *                                   was lost, or a turn has to be sent again.
 * RESTING       no    READY         The session is closed because nobody speaks.
 *                                   WAKING: speech is pushed.
 * WAKING        no    STARTING      The opener gets a session for that speech.
 *                                   LISTENING, RECONNECTING, FAILED: as CONNECTING.
 * RECONNECTING  no    RECONNECTING  The opener tries again, after a wait.
 *                                   LISTENING: it got a session.
 *                                   CONNECTING: it found the key of the first one.
 *                                   FAILED: trying again would be of no use.
 * FINISHING     any   as before     After finish(): at idle the session is closed,
 *                                   and then ::finished is emitted.
 *                                   LISTENING, RECONNECTING, FAILED: a session was
 *                                   lost that owed texts. The stream rewinds, and
 *                                   calls finish() again.
 * FAILED        no    FAILED        The opener gave up, the settings are unusable,
 *                                   or the minutes of the day are spent.
 *
 * Besides, from every phase but FINISHING: a new beginning (start() was called,
 * other settings, another network, another day) leads to CONNECTING where the
 * state was READY or RECONNECTING, and to STOPPED otherwise; to FAILED where
 * nothing can be opened. An idle engine is FAILED when the minutes of the day are
 * spent. finish() leads to FINISHING. */

typedef enum
{
  PHASE_STOPPED,
  PHASE_CONNECTING,
  PHASE_LISTENING,
  PHASE_WINDING_DOWN,
  PHASE_RESTARTING,
  PHASE_RESTING,
  PHASE_WAKING,
  PHASE_RECONNECTING,
  PHASE_FINISHING,
  PHASE_FAILED,
} CapEngineRealtimePhase;

struct _CapEngineRealtime
{
  CapEngine parent_instance;

  CapProviders *providers;
  CapCredentials *credentials;
  CapLearnt *learnt;
  CapBudget *budget;
  char *language;
  guint idle_ms;

  CapEngineRealtimePhase phase;
  CapProvider *provider;      /* NULL before start */
  CapRealtimeOpener *opener;  /* NULL before start, and where nothing can be opened */
  CapRollover *lines;

  CapAlarm *rest_alarm;       /* nobody has spoken for idle_ms */
  CapAlarm *tidy_alarm;       /* work that a callback must not do from inside */
  CapAlarm *network_alarm;

  gboolean speaking;          /* between the gate's marks */
  gboolean wrote;             /* since a session was lost */
  gboolean turn_lost;         /* a turn has no text: its session is left at the next tidying */
  guint64 taken;              /* position after the last frame that was taken */
  guint64 utterances;

  guint64 asked_again;        /* position after the last turn that was sent again */
  guint n_vain;               /* turns in a row that were sent again for nothing */
};

/* engine-realtime.c */

/* @why: for RECONNECTING and FAILED. */
void cap_engine_realtime_set_phase (CapEngineRealtime *self, CapEngineRealtimePhase phase, const GError *why);

/* Stops what goes on, and opens a session with the provider's settings of now.
 * @may_prompt: somebody is there to answer a prompt, because they opened a
 * stream or asked for another try. */
void cap_engine_realtime_begin (CapEngineRealtime *self, gboolean may_prompt);

/* engine-realtime-sessions.c */

extern const CapRealtimeOpenerFuncs cap_engine_realtime_opener_funcs;
extern const CapRealtimeLineFuncs cap_engine_realtime_line_funcs;
extern const CapRolloverFuncs cap_engine_realtime_rollover_funcs;

/* Drops every session, and the opener. Returns the first position that was sent
 * and has no text now, for rewind_to(); G_MAXUINT64 when there is none. */
guint64 cap_engine_realtime_stop (CapEngineRealtime *self);

/* Asks the stream for the audio from @open on. Call it last, in the phase that
 * is to receive that audio. */
void cap_engine_realtime_rewind_to (CapEngineRealtime *self, guint64 open);

/* Later audio goes to the next session, if that is ready. */
void cap_engine_realtime_change_over (CapEngineRealtime *self);

/* A turn got no text: leaves its session, so that another one hears it. */
void cap_engine_realtime_send_again (CapEngineRealtime *self);

G_END_DECLS
