/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/provider-ask.h"
#include "captionctl/captionctl.h"
#include "captionctl/prompt.h"

#include <string.h>

/* A dialect, and the settings that only the user can know. */
typedef struct
{
  const char *dialect;
  gboolean named; /* a provider with this ID has this dialect */
  gboolean key;   /* it needs a key */
  const char *url, *suggested_url; /* NULL: not needed */
  const char *model, *suggested_model;
  const char *session_model;
} Service;

static const Service services[] = {
  { "openai", TRUE, TRUE, NULL, NULL,
    "Transcription model", "gpt-live-transcribe", NULL },
  { "azure", TRUE, TRUE, "Endpoint of the resource (https://RESOURCE.openai.azure.com)", NULL,
    "Deployment of the transcription model", NULL, NULL },
  { "azure-realtime", FALSE, TRUE, "Endpoint of the resource (https://RESOURCE.openai.azure.com)", NULL,
    "Deployment of the transcription model", NULL, "Deployment of the conversation model" },
  { "azure-preview", FALSE, TRUE, "Endpoint of the resource (https://RESOURCE.openai.azure.com)", NULL,
    "Deployment of the transcription model", NULL, NULL },
  { "speaches", TRUE, FALSE, "URL of the server", "http://localhost:8000/v1",
    "Transcription model", NULL, NULL },
  { "localai", TRUE, FALSE, "URL of the server", "http://localhost:8080/v1",
    "Transcription model", NULL, NULL },
  { "vllm", TRUE, FALSE, "URL of the server", "http://localhost:8000/v1",
    "Transcription model", NULL, NULL },
};

/* For a provider whose ID is not known. */
static const Service any_service = {
  "auto", FALSE, FALSE, "URL of the service", NULL, "Transcription model", NULL, NULL
};

/* private */

static const Service *
find_service (const char *dialect)
{
  for (guint i = 0; dialect != NULL && i < G_N_ELEMENTS (services); i++)
    if (g_str_equal (services[i].dialect, dialect))
      return &services[i];

  return &any_service;
}

static gboolean
ask (char **answer, const char *what, const char *suggested, GError **error)
{
  g_autofree char *question = suggested != NULL ? g_strdup_printf ("%s [%s]: ", what, suggested)
                                                : g_strdup_printf ("%s: ", what);
  char line[4096];

  if (*answer != NULL)
    return TRUE;
  if (!cap_prompt_ask (question, FALSE, line, sizeof line, error))
    return FALSE;

  g_strstrip (line);
  if (*line == '\0' && suggested == NULL)
    {
      g_set_error (error, CAP_USAGE_ERROR, 0, "%s: an answer is required. Nothing was changed", what);
      return FALSE;
    }

  *answer = g_strdup (*line != '\0' ? line : suggested);
  return TRUE;
}

/* public */

void
cap_provider_assume (CapProviderSettings *settings, const char *id)
{
  g_return_if_fail (settings != NULL);
  g_return_if_fail (id != NULL);

  if (settings->dialect == NULL && find_service (id)->named)
    settings->dialect = g_strdup (id);
}

gboolean
cap_provider_needs_key (const CapProviderSettings *settings)
{
  gboolean other_way;

  g_return_val_if_fail (settings != NULL, FALSE);

  other_way = g_strcmp0 (settings->auth, "none") == 0
              || g_strcmp0 (settings->auth, "token-command") == 0
              || (settings->token_command != NULL && *settings->token_command != '\0');
  return find_service (settings->dialect)->key && !other_way;
}

gboolean
cap_provider_check_complete (const CapProviderSettings *settings, gboolean key, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) missing = NULL;
  g_autofree char *names = NULL;
  const Service *service;

  g_return_val_if_fail (settings != NULL, FALSE);

  service = find_service (settings->dialect);
  if (service->url != NULL && settings->url == NULL)
    g_strv_builder_add (builder, "--url");
  if (settings->model == NULL)
    g_strv_builder_add (builder, "--model");
  if (service->session_model != NULL && settings->session_model == NULL)
    g_strv_builder_add (builder, "--session-model");
  if (cap_provider_needs_key (settings) && !key)
    g_strv_builder_add (builder, "--key-stdin (or --no-key)");

  missing = g_strv_builder_end (builder);
  if (missing[0] == NULL)
    return TRUE;

  names = g_strjoinv (", ", missing);
  g_set_error (error, CAP_USAGE_ERROR, 0,
               "These options are missing, and there is no terminal to ask for their values: %s", names);
  return FALSE;
}

gboolean
cap_provider_ask (CapProviderSettings *settings, GError **error)
{
  const Service *service;

  g_return_val_if_fail (settings != NULL, FALSE);

  service = find_service (settings->dialect);
  if (service->url != NULL && !ask (&settings->url, service->url, service->suggested_url, error))
    return FALSE;
  if (!ask (&settings->model, service->model, service->suggested_model, error))
    return FALSE;

  return service->session_model == NULL
         || ask (&settings->session_model, service->session_model, NULL, error);
}
