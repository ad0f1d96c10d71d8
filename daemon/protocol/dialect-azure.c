/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/messages.h"

/* Azure OpenAI's transcription session: as OpenAI's, under another path, with
 * the names of deployments for those of models. Azure refuses a model, a
 * deployment and an api-version in the URL (docs/protocol.md 1.3). */

static char *
socket_url (const CapSessionWishes *wishes)
{
  return cap_dialect_azure_url (wishes->provider, "/openai/v1/realtime",
                                "intent", "transcription", NULL);
}

static char *
mint_url (const CapSessionWishes *wishes)
{
  return cap_dialect_azure_url (wishes->provider, "/openai/v1/realtime/client_secrets", NULL);
}

const CapDialect cap_dialect_azure = {
  .name = "azure",
  .title = "Azure OpenAI, transcription session",
  .auth = CAP_AUTH_API_KEY,
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
