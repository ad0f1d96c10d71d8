/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/messages.h"

/* LocalAI: the model in the URL is one of its pipelines (docs/protocol.md 1.7).
 * Without voice detection the server writes the audio into a file of 16 kHz and
 * does not resample it, so captiond sends 16 kHz (4.1). The ids of a commit and
 * of its text may differ (5.2). */

#define RATE 16000

static char *
socket_url (const CapSessionWishes *wishes)
{
  return cap_dialect_url (wishes->provider, "/realtime", "model", wishes->provider->model, NULL);
}

static char *
configure (const CapSessionWishes *wishes)
{
  CapSessionWishes known = *wishes;

  known.refused |= CAP_FIELD_INCLUDE | CAP_FIELD_NOISE_REDUCTION;
  return cap_message_transcription_update_at (&known, RATE);
}

const CapDialect cap_dialect_localai = {
  .name = "localai",
  .title = "LocalAI",
  .auth = CAP_AUTH_BEARER,
  .key_optional = TRUE,
  .needs_model = TRUE,
  .shape = CAP_SHAPE_NESTED,
  .acknowledges = TRUE,
  .rate = RATE,
  .can_detect_turns = TRUE,
  .texts_in_order = TRUE,
  .events = cap_event_names_nested,
  .socket_url = socket_url,
  .configure = configure,
  .turn_ends = cap_message_commit,
};
