/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/dialects-private.h"

#include <string.h>

extern const CapDialect cap_dialect_openai;
extern const CapDialect cap_dialect_azure;
extern const CapDialect cap_dialect_azure_realtime;
extern const CapDialect cap_dialect_azure_preview;
extern const CapDialect cap_dialect_speaches;
extern const CapDialect cap_dialect_localai;
extern const CapDialect cap_dialect_vllm;
extern const CapDialect cap_dialect_legacy;

/* OpenAI's own dialect is first: a server of another kind reveals itself in its
 * first event, or refuses. Then come the dialects with most parameters in the URL
 * because their servers refuse the others early. */
static const CapDialect *const dialects[] = {
  &cap_dialect_openai,  &cap_dialect_azure, &cap_dialect_azure_realtime, &cap_dialect_azure_preview,
  &cap_dialect_speaches, &cap_dialect_localai, &cap_dialect_vllm, &cap_dialect_legacy, NULL,
};

/* The operator of a service, which its URL shows. */
typedef enum
{
  OPENAI,
  AZURE,
  OWN, /* a user's own server or gateway */
} Service;

static Service
service_of (CapProvider *provider)
{
  if (g_str_equal (provider->host, "api.openai.com"))
    return OPENAI;
  if (cap_provider_is_azure_host (provider->host))
    return AZURE;

  return OWN;
}

static gboolean
is_azure (const CapDialect *dialect)
{
  return g_str_has_prefix (dialect->name, "azure");
}

static gboolean
may_speak (Service service, const CapDialect *dialect, CapProvider *provider)
{
  if (dialect->needs_session_model && *provider->session_model == '\0')
    return FALSE;

  switch (service)
    {
    case OPENAI:
      return dialect == &cap_dialect_openai;
    case AZURE:
      return is_azure (dialect);
    default:
      /* A gateway in front of Azure expects the key in Azure's header. */
      return is_azure (dialect) == (provider->auth == CAP_AUTH_API_KEY);
    }
}

static GPtrArray *
collect (Service service, CapProvider *provider)
{
  GPtrArray *found = g_ptr_array_new ();

  for (const CapDialect *const *dialect = dialects; *dialect != NULL; dialect++)
    if (may_speak (service, *dialect, provider))
      g_ptr_array_add (found, (gpointer) *dialect);

  return found;
}

/* public functions */

const CapDialect *const *
cap_dialects (void)
{
  return dialects;
}

const CapDialect *
cap_dialect_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (const CapDialect *const *dialect = dialects; *dialect != NULL; dialect++)
    if (g_str_equal ((*dialect)->name, name))
      return *dialect;

  return NULL;
}

GPtrArray *
cap_dialects_for (CapProvider *provider)
{
  const CapDialect *named;
  GPtrArray *found;

  g_return_val_if_fail (provider != NULL, NULL);

  named = cap_dialect_find (provider->dialect);
  if (named == NULL)
    return collect (service_of (provider), provider);

  found = g_ptr_array_new ();
  g_ptr_array_add (found, (gpointer) named);
  return found;
}

GPtrArray *
cap_dialects_of_service (CapProvider *provider)
{
  const CapDialect *named;
  GPtrArray *found;
  Service service;

  g_return_val_if_fail (provider != NULL, NULL);

  named = cap_dialect_find (provider->dialect);
  service = service_of (provider);
  if (service == OWN && named != NULL && is_azure (named))
    service = AZURE;
  found = collect (service, provider);
  if (named == NULL)
    return found;

  /* The user's own choice comes first, even if it seems not to fit. */
  g_ptr_array_remove (found, (gpointer) named);
  g_ptr_array_insert (found, 0, (gpointer) named);
  return found;
}

gboolean
cap_dialects_need_key (CapProvider *provider)
{
  g_autoptr (GPtrArray) found = NULL;

  g_return_val_if_fail (provider != NULL, TRUE);

  found = cap_dialects_for (provider);
  for (guint i = 0; i < found->len; i++)
    if (((const CapDialect *) g_ptr_array_index (found, i))->key_optional)
      return FALSE;

  return TRUE;
}

const CapDialect *
cap_dialect_recognise (const CapEvent *created)
{
  g_return_val_if_fail (created != NULL, NULL);

  switch (created->shape)
    {
    case CAP_SHAPE_BARE:
      return &cap_dialect_vllm;
    case CAP_SHAPE_FLAT:
      return g_str_equal (created->name, "session.created") ? &cap_dialect_speaches : &cap_dialect_legacy;
    default:
      return NULL;
    }
}
