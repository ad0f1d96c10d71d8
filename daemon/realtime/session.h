/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"
#include "protocol/fault.h"

G_BEGIN_DECLS

/* One session with a service: from the request for a client secret (the mint),
 * where there is one, through the handshake and the configuration to the close.
 * It sends the messages that the dialect wants, and passes on the events of the
 * service. It tries nothing twice, except a configuration without the fields
 * that the model refused.
 *
 * Signals, from the main context:
 *  ::ready ()                     the session is configured: audio may be sent
 *  ::event (const CapEvent *)     SPEECH_STARTED … SEGMENT, after ::ready; also an
 *                                 ERROR that costs a turn, but not the session
 *  ::drained ()                   the service has read on, after get_room() had
 *                                 returned less than a second's worth
 *  ::refused (guint fields)       of CapField: the model does not take them, and
 *                                 the session goes on without them
 *  ::ended (const CapFault *, const CapEvidence *)
 *                                 the last signal, emitted once; the fault is NULL
 *                                 after close() */
#define CAP_TYPE_REALTIME_SESSION (cap_realtime_session_get_type ())
G_DECLARE_FINAL_TYPE (CapRealtimeSession, cap_realtime_session, CAP, REALTIME_SESSION, GObject)

/* @language: BCP 47, or empty. @minted: ask for a client secret first.
 * @refused: of CapField, fields that the model is known to refuse. @secret: the
 * key or token, or NULL. */
CapRealtimeSession *cap_realtime_session_new (const CapDialect *dialect,
                                              CapProvider *provider,
                                              const char *language,
                                              gboolean minted,
                                              guint refused,
                                              CapSecret *secret);

/* Before start(): faults are worded for “captionctl doctor”. */
void cap_realtime_session_set_diagnosing (CapRealtimeSession *self);

void cap_realtime_session_start (CapRealtimeSession *self);

/* After ::ready. TRUE: the service detects turns, and silence after the last
 * word lets it end one. FALSE: begin_turn() and end_turn() tell it where they
 * are. */
gboolean cap_realtime_session_has_server_turns (CapRealtimeSession *self);
const CapDialect *cap_realtime_session_get_dialect (CapRealtimeSession *self);
/* The dialect that the server speaks, if its first event showed that it is not
 * the one of this session; or NULL. */
const CapDialect *cap_realtime_session_get_recognised (CapRealtimeSession *self);
/* The URL of the WebSocket, or of the request for a client secret until that is
 * answered. It holds no secret. NULL before start(). */
const char *cap_realtime_session_get_url (CapRealtimeSession *self);

/* When the service will end the session: Unix seconds, or 0 where it did not say
 * so. */
gint64 cap_realtime_session_get_expires_at (CapRealtimeSession *self);

/* The network has changed. See cap_realtime_connection_check(). */
void cap_realtime_session_check (CapRealtimeSession *self);

/* How many frames, at 24 kHz, may be appended now. The service then never has
 * more than 5 seconds of audio to read, including the silence at the end of the
 * turn; more would pile up in memory. ::drained follows where this is less than
 * a second's worth. 0 when the session is not ready. */
gsize cap_realtime_session_get_room (CapRealtimeSession *self);

/* These do nothing unless the session is ready. Audio is 24 kHz mono. It is sent
 * in pieces of 100 ms; the last piece of a turn goes with end_turn(). */
void cap_realtime_session_begin_turn (CapRealtimeSession *self);
void cap_realtime_session_append (CapRealtimeSession *self, const gint16 *samples, gsize n_frames);
/* Returns how many frames of silence, at 24 kHz, were sent after the turn: it
 * lets the service accept a short turn, or hear the end of one. */
guint cap_realtime_session_end_turn (CapRealtimeSession *self);

/* Closes the WebSocket with a goodbye; ::ended follows. */
void cap_realtime_session_close (CapRealtimeSession *self);

G_END_DECLS
