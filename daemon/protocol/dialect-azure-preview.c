/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/messages.h"

/* Azure OpenAI's preview interface (docs/protocol.md 1.4). It refuses the
 * resource's key at the socket, so captiond mints a client secret first. It
 * answers a deployment in the URL of the socket with a redirect that loses
 * /openai (docs/known-failures.md 7.1-1c), so captiond sends none. */

#define API_VERSION "2025-04-01-preview"

static char *
socket_url (const CapSessionWishes *wishes)
{
  return cap_dialect_azure_url (wishes->provider, "/openai/realtime", "api-version", API_VERSION,
                                "intent", "transcription", NULL);
}

static char *
mint_url (const CapSessionWishes *wishes)
{
  return cap_dialect_azure_url (wishes->provider, "/openai/realtimeapi/transcription_sessions",
                                "api-version", API_VERSION, NULL);
}

const CapDialect cap_dialect_azure_preview = {
  .name = "azure-preview",
  .title = "Azure OpenAI, preview interface of 2025-04-01",
  .auth = CAP_AUTH_API_KEY,
  .needs_model = TRUE,
  .must_mint = TRUE,
  .secret_path = "client_secret.value",
  .shape = CAP_SHAPE_FLAT,
  .acknowledges = TRUE,
  .rate = 24000,
  .can_detect_turns = TRUE,
  .longest_session = 30 * 60,
  .events = cap_event_names_flat,
  .socket_url = socket_url,
  .mint_url = mint_url,
  .mint_body = cap_message_flat_mint,
  .configure = cap_message_flat_update,
  .turn_ends = cap_message_commit,
};
