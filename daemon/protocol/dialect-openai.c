/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/messages.h"

/* OpenAI's transcription session. A standard key connects with
 * intent=transcription and no model: the model stands in the session. OpenAI
 * ends a session that sends the beta header (docs/protocol.md 1.1). */

static char *
socket_url (const CapSessionWishes *wishes)
{
  return cap_dialect_url (wishes->provider, "/realtime", "intent", "transcription", NULL);
}

static char *
mint_url (const CapSessionWishes *wishes)
{
  return cap_dialect_url (wishes->provider, "/realtime/client_secrets", NULL);
}

const CapDialect cap_dialect_openai = {
  .name = "openai",
  .title = "OpenAI Realtime, transcription session",
  .auth = CAP_AUTH_BEARER,
  .needs_model = TRUE,
  .secret_path = "value",
  .shape = CAP_SHAPE_NESTED,
  .session_type = "transcription",
  .acknowledges = TRUE,
  .rate = 24000,
  .can_detect_turns = TRUE,
  .longest_session = 60 * 60,
  .events = cap_event_names_nested,
  .socket_url = socket_url,
  .mint_url = mint_url,
  .mint_body = cap_message_transcription_mint,
  .configure = cap_message_transcription_update,
  .turn_ends = cap_message_commit,
};
