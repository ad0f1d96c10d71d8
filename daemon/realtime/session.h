/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"
#include "protocol/fault.h"

G_BEGIN_DECLS

/* One session with a service, from the mint to the close: says the right
 * things in the right order, and hands on what the service says. Does not try
 * anything twice, but for fields that the model refuses.
 *
 * Signals, from the main context:
 *  ::ready ()                     configured: audio may be sent
 *  ::event (const CapEvent *)     SPEECH_STARTED … SEGMENT, after ::ready; and an
 *                                 ERROR that costs a turn, but not the session
 *  ::drained ()                   there is more room, after get_room() said that
 *                                 there is little
 *  ::refused (guint fields)       CapField: what the model does not take; the
 *                                 session goes on without
 *  ::ended (const CapFault *, const CapEvidence *)
 *                                 once, and the last; the fault is NULL after
 *                                 close() */
#define CAP_TYPE_REALTIME_SESSION (cap_realtime_session_get_type ())
G_DECLARE_FINAL_TYPE (CapRealtimeSession, cap_realtime_session, CAP, REALTIME_SESSION, GObject)

/* @minted: ask for a client secret first. @refused: CapField, known before.
 * @secret: may be NULL. */
CapRealtimeSession *cap_realtime_session_new (const CapDialect *dialect,
                                              CapProvider *provider,
                                              const char *language,
                                              gboolean minted,
                                              guint refused,
                                              CapSecret *secret);

/* Before start: faults are worded for the doctor. */
void cap_realtime_session_set_diagnosing (CapRealtimeSession *self);

void cap_realtime_session_start (CapRealtimeSession *self);

/* After ::ready: who ends turns. With server turns there is no begin and end
 * of ours: silence after the last word lets the service end it. */
gboolean cap_realtime_session_has_server_turns (CapRealtimeSession *self);
const CapDialect *cap_realtime_session_get_dialect (CapRealtimeSession *self);
/* The dialect that the first event gave away, when it is another; or NULL. */
const CapDialect *cap_realtime_session_get_recognised (CapRealtimeSession *self);
/* The socket's, or while minting that of the mint; holds no secret. */
const char *cap_realtime_session_get_url (CapRealtimeSession *self);

/* When the service ends the session, as far as it said so: unix seconds, or 0. */
gint64 cap_realtime_session_get_expires_at (CapRealtimeSession *self);

/* The network has changed: a service that cannot be reached any more is
 * noticed soon. See cap_realtime_connection_check(). */
void cap_realtime_session_check (CapRealtimeSession *self);

/* How many frames, at 24 kHz, may be appended now so that the service has never
 * more than 5 seconds of audio to read, the silence at the end of the turn
 * included: what is appended beyond that piles up in memory. Where it is less
 * than a second's worth, ::drained follows. 0 when not ready. */
gsize cap_realtime_session_get_room (CapRealtimeSession *self);

/* Only when ready. Audio is 24 kHz mono; it is sent 100 ms at a time, the rest
 * with the end of a turn. */
void cap_realtime_session_begin_turn (CapRealtimeSession *self);
void cap_realtime_session_append (CapRealtimeSession *self, const gint16 *samples, gsize n_frames);
/* Returns how many frames of silence, at 24 kHz, were sent behind the turn: so
 * much that the service takes it, or hears its end. */
guint cap_realtime_session_end_turn (CapRealtimeSession *self);

/* Ends it well; ::ended follows. */
void cap_realtime_session_close (CapRealtimeSession *self);

G_END_DECLS
