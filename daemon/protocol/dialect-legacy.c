/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/messages.h"

/* OpenAI's beta protocol, which NVIDIA Riva and NIM and older gateways still
 * speak: it has flat sessions, its own names for some events, and a header that
 * some servers look for (docs/protocol.md 1.2, 2.1). */

static const char *const headers[] = { "OpenAI-Beta", "realtime=v1", NULL };

static char *
socket_url (const CapSessionWishes *wishes)
{
  return cap_dialect_url (wishes->provider, "/realtime", "intent", "transcription", NULL);
}

static char *
mint_url (const CapSessionWishes *wishes)
{
  return cap_dialect_url (wishes->provider, "/realtime/transcription_sessions", NULL);
}

const CapDialect cap_dialect_legacy = {
  .name = "legacy",
  .title = "OpenAI's beta protocol (NVIDIA Riva, older gateways)",
  .auth = CAP_AUTH_BEARER,
  .key_optional = TRUE,
  .needs_model = TRUE,
  .secret_path = "client_secret.value",
  .headers = headers,
  .shape = CAP_SHAPE_FLAT,
  .acknowledges = TRUE,
  .rate = 0,
  .can_detect_turns = TRUE,
  .events = cap_event_names_flat,
  .socket_url = socket_url,
  .mint_url = mint_url,
  .mint_body = cap_message_flat_mint,
  .configure = cap_message_flat_update,
  .turn_ends = cap_message_commit,
};
