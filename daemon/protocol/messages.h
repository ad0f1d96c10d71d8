/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"

G_BEGIN_DECLS

/* Messages that several dialects send in the same form (docs/protocol.md 3, 4).
 * All functions return JSON text. */

/* session.update in the nested form of OpenAI's current protocol, and the body of a
 * request for a client secret for such a session: for a transcription session, and
 * for a conversation that never answers. */
char *cap_message_transcription_update (const CapSessionWishes *wishes);
char *cap_message_transcription_mint (const CapSessionWishes *wishes);
char *cap_message_conversation_update (const CapSessionWishes *wishes);
char *cap_message_conversation_mint (const CapSessionWishes *wishes);
/* cap_message_transcription_update() for another sample rate, in Hz. */
char *cap_message_transcription_update_at (const CapSessionWishes *wishes, guint rate);

/* transcription_session.update in the flat form of OpenAI's beta, and the body of
 * its request for a client secret, which is the session itself. */
char *cap_message_flat_update (const CapSessionWishes *wishes);
char *cap_message_flat_mint (const CapSessionWishes *wishes);

/* input_audio_buffer.commit */
char *cap_message_commit (void);

/* input_audio_buffer.append. @bytes: audio in the format of the dialect. */
char *cap_message_append (gconstpointer bytes, gsize n_bytes);

/* The maximum number of frames (at 24 kHz, the rate of the stream) in @n_bytes of
 * append messages. @rate: the rate that the service receives, in Hz. */
guint64 cap_message_count_frames (guint64 n_bytes, guint rate);

G_END_DECLS
