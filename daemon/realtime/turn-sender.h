/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"
#include "protocol/dialect.h"

G_BEGIN_DECLS

/* With less room than this, in frames, a service has not read the last seconds
 * yet. */
#define CAP_TURN_SENDER_LITTLE_ROOM CAP_AUDIO_MS (1000)

/* Sends turns of audio over a connection that is open and configured, and limits
 * how much of it the service has yet to read. */
typedef struct _CapTurnSender CapTurnSender;

CapTurnSender *cap_turn_sender_new (const CapDialect *dialect,
                                    CapProvider *provider,
                                    CapRealtimeConnection *connection,
                                    gboolean server_turns);
void cap_turn_sender_free (CapTurnSender *self);

/* See cap_realtime_session_begin_turn() and those after it. */
void cap_turn_sender_begin_turn (CapTurnSender *self);
void cap_turn_sender_append (CapTurnSender *self, const gint16 *samples, gsize n_frames);
guint cap_turn_sender_end_turn (CapTurnSender *self);
gsize cap_turn_sender_get_room (CapTurnSender *self);

/* The connection has drained. TRUE: get_room() had returned less than
 * CAP_TURN_SENDER_LITTLE_ROOM, and for the first time since there is some. */
gboolean cap_turn_sender_drained (CapTurnSender *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapTurnSender, cap_turn_sender_free)

G_END_DECLS
