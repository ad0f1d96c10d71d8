/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "dialect.h"

G_BEGIN_DECLS

/* What several dialects say in the same way. All return JSON text; sources
 * are the sections of the protocol's reference (docs of OpenAI's Realtime API,
 * and the vendors' own where they differ). */

/* session.update in the nested shape of OpenAI's protocol as it is.
 * @session_type: "transcription" or "realtime"; a realtime session is told
 * never to answer. @rate: Hz. */
char *cap_message_nested_update (const CapSessionWishes *wishes, const char *session_type, guint rate);

/* The body that asks for a client secret for such a session. */
char *cap_message_nested_mint (const CapSessionWishes *wishes, const char *session_type);

/* transcription_session.update in the flat shape of OpenAI's beta, and the
 * body of its mint, which is the session itself. */
char *cap_message_flat_update (const CapSessionWishes *wishes);
char *cap_message_flat_mint (const CapSessionWishes *wishes);

/* {"type": @type} */
char *cap_message_plain (const char *type);
char *cap_message_commit (void);

/* input_audio_buffer.append; @bytes: sound as the dialect wants it. */
char *cap_message_append (gconstpointer bytes, gsize n_bytes);

G_END_DECLS
