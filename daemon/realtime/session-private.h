/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/alarm.h"
#include "realtime/session.h"
#include "realtime/turn-sender.h"

G_BEGIN_DECLS

/* How long the service may take to answer. */
#define CAP_REALTIME_SESSION_ANSWER_MS 10000

/* Each state is set by the one function that is named with it.
 *
 * State        Meaning, and the states that follow
 * ---------------------------------------------------------------------------
 * IDLE         start() was not called.
 * MINTING      mint() asked for a client secret. CONNECTING: it came.
 * CONNECTING   open_connection() began. CREATING: the WebSocket is open.
 * CREATING     on_opened(): the first event of the service is due.
 *              CONFIGURING: it came.
 * CONFIGURING  configure() sent the configuration. READY: the service
 *              acknowledged it. CONFIGURING: once more, without refused fields.
 * READY        become_ready(): audio is sent.
 * CLOSING      close() said goodbye, and the answer is awaited.
 * ENDED        cap_realtime_session_end() ran, after a failure or after close(). */
typedef enum
{
  STATE_IDLE,
  STATE_MINTING,
  STATE_CONNECTING,
  STATE_CREATING,
  STATE_CONFIGURING,
  STATE_READY,
  STATE_CLOSING,
  STATE_ENDED,
} CapRealtimeSessionState;

struct _CapRealtimeSession
{
  GObject parent_instance;

  const CapDialect *dialect;
  const CapDialect *recognised;
  CapProvider *provider;
  char *language;
  gboolean minted;           /* a client secret is asked for first */
  gboolean mint_bare;        /* the mint fails with a configuration, and is asked without */
  guint refused;             /* of CapField */
  CapSecret *secret;         /* until the WebSocket is open */
  char *url;                 /* of the WebSocket; until that, of the mint */

  CapRealtimeSessionState state;
  CapRealtimeConnection *connection;
  CapTurnSender *sender;     /* in READY */
  gint64 expires_at;         /* Unix seconds, or 0 */
  GCancellable *cancellable; /* of the mint */
  CapAlarm *alarm;           /* an answer that is due, or a close that is to follow an error */
  CapServiceError *error;    /* the last one, in case the server closes because of it */
  gboolean doomed;           /* that error ends the session: the close is awaited */
  gboolean with_key;         /* a key or token is sent */
  gboolean diagnosing;
};

enum
{
  SIGNAL_READY,
  SIGNAL_EVENT,
  SIGNAL_DRAINED,
  SIGNAL_REFUSED,
  SIGNAL_ENDED,
  N_SIGNALS
};

extern guint cap_realtime_session_signals[N_SIGNALS];

/* session.c */

CapStage cap_realtime_session_get_stage (CapRealtimeSession *self);
/* Asks for a client secret. */
void cap_realtime_session_mint (CapRealtimeSession *self);
CapFault *cap_realtime_session_judge (CapRealtimeSession *self, const CapEvidence *evidence);

/* The only way to ENDED. @fault: NULL after close(). */
void cap_realtime_session_end (CapRealtimeSession *self, CapFault *fault, const CapEvidence *evidence);
/* Ends the session with the fault that @evidence points to. Adds the service's
 * last error, because many services close without repeating the reason. */
void cap_realtime_session_end_for_evidence (CapRealtimeSession *self, CapEvidence *evidence);
/* Ends the session with a fault of its own making, which the table of faults
 * does not hold. @code: of CAP_ERROR. */
void cap_realtime_session_end_with_own_fault (CapRealtimeSession *self,
                                              CapRemedy remedy,
                                              int code,
                                              const char *message);

/* session-events.c */

/* The strings are borrowed. */
CapSessionWishes cap_realtime_session_get_wishes (CapRealtimeSession *self);
/* Configures, or mints, once more without the field that @fault names. FALSE:
 * that is not the remedy. */
gboolean cap_realtime_session_leave_out_for (CapRealtimeSession *self, const CapFault *fault);
void cap_realtime_session_take_event (CapRealtimeSession *self, const CapEvent *event);

G_END_DECLS
