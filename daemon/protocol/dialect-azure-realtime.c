/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/messages.h"

/* A conversation session of Azure OpenAI on a realtime deployment, whose input
 * another deployment transcribes (docs/protocol.md 1.5). captiond switches
 * automatic answers off and never asks for one, so that its user pays for
 * listening alone. */

static char *
socket_url (const CapSessionWishes *wishes)
{
  return cap_dialect_azure_url (wishes->provider, "/openai/v1/realtime",
                                "model", wishes->provider->session_model, NULL);
}

static char *
mint_url (const CapSessionWishes *wishes)
{
  return cap_dialect_azure_url (wishes->provider, "/openai/v1/realtime/client_secrets", NULL);
}

const CapDialect cap_dialect_azure_realtime = {
  .name = "azure-realtime",
  .title = "Azure OpenAI, conversation session that never answers",
  .auth = CAP_AUTH_API_KEY,
  .needs_model = TRUE,
  .needs_session_model = TRUE,
  .secret_path = "value",
  .shape = CAP_SHAPE_NESTED,
  .session_type = "realtime",
  .acknowledges = TRUE,
  .rate = 24000,
  .can_detect_turns = TRUE,
  .longest_session = 60 * 60,
  .events = cap_event_names_nested,
  .socket_url = socket_url,
  .mint_url = mint_url,
  .mint_body = cap_message_conversation_mint,
  .configure = cap_message_conversation_update,
  .turn_ends = cap_message_commit,
};
