/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "dialect.h"

G_BEGIN_DECLS

/* Turns of audio as a service is told of them, over a connection that is open
 * and configured; and how much of it the service may have to read. */
typedef struct _CapRealtimeSpeech CapRealtimeSpeech;

CapRealtimeSpeech *cap_realtime_speech_new (const CapDialect *dialect,
                                            CapProvider *provider,
                                            CapRealtimeConnection *connection,
                                            gboolean server_turns);
void cap_realtime_speech_free (CapRealtimeSpeech *self);

/* As cap_realtime_session_begin_turn() and the others have it. */
void cap_realtime_speech_begin_turn (CapRealtimeSpeech *self);
void cap_realtime_speech_append (CapRealtimeSpeech *self, const gint16 *samples, gsize n_frames);
guint cap_realtime_speech_end_turn (CapRealtimeSpeech *self);
gsize cap_realtime_speech_get_room (CapRealtimeSpeech *self);

/* The connection has drained. TRUE: somebody who was told that there is little
 * room, and was not told this since, can go on. */
gboolean cap_realtime_speech_drained (CapRealtimeSpeech *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeSpeech, cap_realtime_speech_free)

G_END_DECLS
