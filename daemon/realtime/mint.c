/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/mint.h"
#include "base/json.h"

#include <string.h>

static CapSecret *
find_secret (const CapDialect *dialect, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = cap_json_parse (body, strlen (body), &error);
  const char *value = answer != NULL ? cap_json_get_string (answer, dialect->secret_path) : NULL;

  return value != NULL ? cap_secret_new (value, -1, NULL) : NULL;
}

void
cap_realtime_mint_async (const CapDialect *dialect,
                         const CapSessionWishes *wishes,
                         const char *url,
                         CapSecret *key,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autofree char *body = NULL;
  CapEndpoint endpoint = { .url = url, .secret = key };

  g_return_if_fail (dialect != NULL && dialect->mint_body != NULL);
  g_return_if_fail (wishes != NULL);
  g_return_if_fail (url != NULL);

  endpoint.auth = cap_dialect_auth (dialect, wishes->provider);
  endpoint.ca_file = wishes->provider->ca_file;
  body = dialect->mint_body (wishes);
  cap_realtime_connection_post_async (&endpoint, body, cancellable, callback, user_data);
}

gboolean
cap_realtime_mint_finish (const CapDialect *dialect,
                          GAsyncResult *result,
                          CapSecret **secret,
                          CapEvidence *evidence)
{
  char *body = NULL;
  gboolean answered;

  g_return_val_if_fail (dialect != NULL, FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (secret != NULL, FALSE);
  g_return_val_if_fail (evidence != NULL, FALSE);

  answered = cap_realtime_connection_post_finish (result, &body, evidence);
  *secret = answered ? find_secret (dialect, body) : NULL;
  cap_body_free (body);
  return answered;
}
