/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/json.h"
#include "protocol/messages.h"

/* vLLM: a protocol of its own under the same names. The update holds the model
 * alone, and the server does not answer it. A commit that is not final begins a
 * turn, a final one ends it, and there are no items (docs/protocol.md 4.5, 5.1). */

static char *
socket_url (const CapSessionWishes *wishes)
{
  return cap_dialect_url (wishes->provider, "/realtime", NULL);
}

static char *
configure (const CapSessionWishes *wishes)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *update = json_object_new ();

  json_object_set_string_member (update, "type", "session.update");
  json_object_set_string_member (update, "model", wishes->provider->model);
  json_node_take_object (root, update);
  return cap_json_to_text (root);
}

static char *
turn_begins (void)
{
  return g_strdup ("{\"type\":\"input_audio_buffer.commit\",\"final\":false}");
}

static char *
turn_ends (void)
{
  return g_strdup ("{\"type\":\"input_audio_buffer.commit\",\"final\":true}");
}

const CapDialect cap_dialect_vllm = {
  .name = "vllm",
  .title = "vLLM",
  .auth = CAP_AUTH_BEARER,
  .key_optional = TRUE,
  .needs_model = TRUE,
  .shape = CAP_SHAPE_BARE,
  .rate = 16000,
  .one_turn_at_a_time = TRUE,
  .texts_in_order = TRUE,
  .events = cap_event_names_vllm,
  .socket_url = socket_url,
  .configure = configure,
  .turn_begins = turn_begins,
  .turn_ends = turn_ends,
};
