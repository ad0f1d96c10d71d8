/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/tokens.h"
#include "providers/token-command.h"

#define RENEW_SECONDS 120   /* before a token expires */
#define UNKNOWN_SECONDS 300 /* lifetime of a token of unknown expiry */

/* struct */

struct _CapTokens
{
  GHashTable *tokens; /* id of the provider → Token */
};

typedef struct
{
  CapSecret *secret;
  char **command; /* the command that printed it */
  gint64 renew;   /* Unix seconds */
} Token;

typedef struct
{
  CapTokens *tokens;
  CapProvider *provider;
} Fetch;

static void
token_free (gpointer data)
{
  Token *token = data;

  cap_secret_unref (token->secret);
  g_strfreev (token->command);
  g_free (token);
}

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  cap_provider_unref (fetch->provider);
  g_free (fetch);
}

/* private methods */

static gint64
unix_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
keep (CapTokens *self, CapProvider *provider, CapSecret *secret)
{
  Token *token = g_new0 (Token, 1);
  gint64 expiry = cap_secret_get_expiry (secret);

  token->secret = cap_secret_ref (secret);
  token->command = g_strdupv (provider->token_command);
  token->renew = expiry != 0 ? expiry - RENEW_SECONDS : unix_now () + UNKNOWN_SECONDS;
  g_hash_table_replace (self->tokens, g_strdup (provider->id), token);
}

static CapSecret *
find (CapTokens *self, CapProvider *provider)
{
  Token *token = g_hash_table_lookup (self->tokens, provider->id);

  if (token == NULL || unix_now () >= token->renew
      || !g_strv_equal ((const char *const *) token->command, (const char *const *) provider->token_command))
    return NULL;

  return cap_secret_ref (token->secret);
}

/* callbacks */

static void
on_printed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  CapSecret *secret = cap_token_command_run_finish (result, &error);

  if (secret == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  keep (fetch->tokens, fetch->provider, secret);
  g_task_return_pointer (task, secret, (GDestroyNotify) cap_secret_unref);
}

/* public methods */

CapTokens *
cap_tokens_new (void)
{
  CapTokens *self = g_new0 (CapTokens, 1);

  self->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, token_free);
  return self;
}

void
cap_tokens_free (CapTokens *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->tokens);
  g_free (self);
}

void
cap_tokens_get_async (CapTokens *self, CapProvider *provider, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  CapSecret *secret;
  Fetch *fetch;

  g_return_if_fail (self != NULL);
  g_return_if_fail (provider != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  secret = find (self, provider);
  if (secret != NULL)
    {
      g_task_return_pointer (task, secret, (GDestroyNotify) cap_secret_unref);
      return;
    }

  fetch = g_new0 (Fetch, 1);
  fetch->tokens = self;
  fetch->provider = cap_provider_ref (provider);
  g_task_set_task_data (task, fetch, fetch_free);
  cap_token_command_run_async ((const char *const *) provider->token_command, CAP_TOKEN_COMMAND_SECONDS,
                               cancellable, on_printed, g_steal_pointer (&task));
}

CapSecret *
cap_tokens_get_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
cap_tokens_forget (CapTokens *self, const char *provider_id)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (provider_id != NULL);

  g_hash_table_remove (self->tokens, provider_id);
}
