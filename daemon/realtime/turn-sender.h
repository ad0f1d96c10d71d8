/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"

G_BEGIN_DECLS

/* Turns of audio as a service is told of them, over a connection that is open
 * and configured; and how much of it the service may have to read. */
typedef struct _CapTurnSender CapTurnSender;

CapTurnSender *cap_turn_sender_new (const CapDialect *dialect,
                                    CapProvider *provider,
                                    CapRealtimeConnection *connection,
                                    gboolean server_turns);
void cap_turn_sender_free (CapTurnSender *self);

/* As cap_realtime_session_begin_turn() and the others have it. */
void cap_turn_sender_begin_turn (CapTurnSender *self);
void cap_turn_sender_append (CapTurnSender *self, const gint16 *samples, gsize n_frames);
guint cap_turn_sender_end_turn (CapTurnSender *self);
gsize cap_turn_sender_get_room (CapTurnSender *self);

/* The connection has drained. TRUE: somebody who was told that there is little
 * room, and was not told this since, can go on. */
gboolean cap_turn_sender_drained (CapTurnSender *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapTurnSender, cap_turn_sender_free)

G_END_DECLS
