/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/dialect.h"

G_BEGIN_DECLS

/* Messages that several dialects send in the same form (docs/protocol.md 3, 4).
 * All functions return JSON text. */

/* session.update in the nested shape of OpenAI's protocol as it is, and the
 * body that asks for a client secret for such a session: of one that only
 * transcribes, and of a conversation, which is told never to answer. */
char *cap_message_transcription_update (const CapSessionWishes *wishes);
char *cap_message_transcription_mint (const CapSessionWishes *wishes);
char *cap_message_conversation_update (const CapSessionWishes *wishes);
char *cap_message_conversation_mint (const CapSessionWishes *wishes);
/* The first of them for a service that takes another rate, Hz. */
char *cap_message_transcription_update_at (const CapSessionWishes *wishes, guint rate);

/* transcription_session.update in the flat shape of OpenAI's beta, and the
 * body of its mint, which is the session itself. */
char *cap_message_flat_update (const CapSessionWishes *wishes);
char *cap_message_flat_mint (const CapSessionWishes *wishes);

/* input_audio_buffer.commit */
char *cap_message_commit (void);

/* input_audio_buffer.append; @bytes: sound as the dialect wants it. */
char *cap_message_append (gconstpointer bytes, gsize n_bytes);

/* How many frames of the stream, at 24 kHz, @n_bytes of such messages hold at
 * most. @rate: Hz, of the wire. */
guint64 cap_message_count_frames (guint64 n_bytes, guint rate);

G_END_DECLS
