/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/messages.h"

#include <string.h>

/* speaches: everything stands in the URL, where the model is the transcription
 * model (docs/protocol.md 1.6). Its voice detection cannot be switched off (3.4),
 * and an update could only repeat the URL. It sends whole turns, no partial text. */

static char *
socket_url (const CapSessionWishes *wishes)
{
  g_autofree char *language = NULL;

  if ((wishes->refused & CAP_FIELD_LANGUAGE) == 0)
    language = g_ascii_strdown (wishes->language, strcspn (wishes->language, "-"));

  return cap_dialect_url (wishes->provider, "/realtime", "model", wishes->provider->model,
                          "intent", "transcription", "language", language, NULL);
}

static char *
configure (const CapSessionWishes *wishes)
{
  return NULL;
}

const CapDialect cap_dialect_speaches = {
  .name = "speaches",
  .title = "speaches",
  .auth = CAP_AUTH_BEARER,
  .key_optional = TRUE,
  .needs_model = TRUE,
  .shape = CAP_SHAPE_FLAT,
  .rate = 24000,
  .can_detect_turns = TRUE,
  .must_detect_turns = TRUE,
  .longest_session = 30 * 60,
  .events = cap_event_names_flat,
  .socket_url = socket_url,
  .configure = configure,
};
