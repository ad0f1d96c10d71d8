/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/credentials.h"
#include "providers/given-keys.h"
#include "providers/keyring.h"
#include "providers/tokens.h"

/* struct */

struct _CapCredentials
{
  GObject parent_instance;

  CapGivenKeys *given;
  CapTokens *tokens;
};

/* A request for the key of a provider, which asks one source after the other. */
typedef struct
{
  CapProvider *provider;
  gboolean key_optional;
  gboolean may_prompt;
} Request;

G_DEFINE_FINAL_TYPE (CapCredentials, cap_credentials, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_credentials_finalize (GObject *object)
{
  CapCredentials *self = CAP_CREDENTIALS (object);

  cap_given_keys_free (self->given);
  cap_tokens_free (self->tokens);

  G_OBJECT_CLASS (cap_credentials_parent_class)->finalize (object);
}

static void
cap_credentials_init (CapCredentials *self)
{
  self->given = cap_given_keys_new ();
  self->tokens = cap_tokens_new ();
}

static void
cap_credentials_class_init (CapCredentialsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_credentials_finalize;
}

/* private */

static void
request_free (gpointer data)
{
  Request *request = data;

  cap_provider_unref (request->provider);
  g_free (request);
}

static Request *
add_request (GTask *task, CapProvider *provider)
{
  Request *request = g_new0 (Request, 1);

  request->provider = cap_provider_ref (provider);
  g_task_set_task_data (task, request, request_free);
  return request;
}

static void
return_secret (GTask *task, CapSecret *secret)
{
  g_task_return_pointer (task, secret, (GDestroyNotify) cap_secret_unref);
}

static void
return_state (GTask *task, const char *state)
{
  g_task_return_pointer (task, g_strdup (state), g_free);
}

/* callbacks */

static void
on_stored_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  CapSecret *secret = cap_keyring_get_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    return_secret (task, secret);
}

static void
on_given_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  CapSecret *secret = cap_given_keys_get_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (secret != NULL)
    return_secret (task, secret);
  else
    cap_keyring_get_async (request->provider, request->key_optional, request->may_prompt, cancellable,
                           on_stored_key, g_steal_pointer (&task));
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  CapSecret *secret = cap_tokens_get_finish (result, &error);

  if (secret != NULL)
    return_secret (task, secret);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_stored_key_seen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *state = cap_keyring_peek_finish (result, &error);

  if (state != NULL)
    return_state (task, state);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_given_key_seen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (CapSecret) secret = cap_given_keys_get_finish (result, NULL);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (secret != NULL)
    return_state (task, "set");
  else
    cap_keyring_peek_async (request->provider, cancellable, on_stored_key_seen, g_steal_pointer (&task));
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (cap_keyring_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (cap_keyring_clear_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* public methods */

CapCredentials *
cap_credentials_new (void)
{
  return g_object_new (CAP_TYPE_CREDENTIALS, NULL);
}

void
cap_credentials_get_async (CapCredentials *self, CapProvider *provider, gboolean key_optional,
                           gboolean may_prompt, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (CAP_IS_CREDENTIALS (self));
  g_return_if_fail (provider != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  request = add_request (task, provider);
  request->key_optional = key_optional;
  request->may_prompt = may_prompt;
  if (provider->auth == CAP_AUTH_NONE)
    return_secret (task, NULL);
  else if (provider->auth == CAP_AUTH_TOKEN_COMMAND)
    cap_tokens_get_async (self->tokens, provider, cancellable, on_token, g_steal_pointer (&task));
  else
    cap_given_keys_get_async (self->given, provider->id, cancellable, on_given_key, g_steal_pointer (&task));
}

gboolean
cap_credentials_get_finish (CapCredentials *self, GAsyncResult *result, CapSecret **secret, GError **error)
{
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (secret != NULL, FALSE);

  *secret = g_task_propagate_pointer (G_TASK (result), &problem);
  if (problem == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

void
cap_credentials_peek_async (CapCredentials *self, CapProvider *provider, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CAP_IS_CREDENTIALS (self));
  g_return_if_fail (provider != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  add_request (task, provider);
  if (provider->auth == CAP_AUTH_NONE)
    return_state (task, "none");
  else if (provider->auth == CAP_AUTH_TOKEN_COMMAND)
    return_state (task, "command");
  else
    cap_given_keys_get_async (self->given, provider->id, cancellable, on_given_key_seen,
                              g_steal_pointer (&task));
}

char *
cap_credentials_peek_finish (CapCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
cap_credentials_forget_token (CapCredentials *self, CapProvider *provider)
{
  g_return_if_fail (CAP_IS_CREDENTIALS (self));
  g_return_if_fail (provider != NULL);

  cap_tokens_forget (self->tokens, provider->id);
}

void
cap_credentials_store_async (CapCredentials *self, CapProvider *provider, CapSecret *secret,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CAP_IS_CREDENTIALS (self));
  g_return_if_fail (provider != NULL);
  g_return_if_fail (secret != NULL);

  cap_keyring_store_async (provider, secret, cancellable, on_stored,
                           g_task_new (self, cancellable, callback, user_data));
}

gboolean
cap_credentials_store_finish (CapCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cap_credentials_clear_async (CapCredentials *self, const char *provider_id, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CAP_IS_CREDENTIALS (self));
  g_return_if_fail (provider_id != NULL);

  cap_keyring_clear_async (provider_id, cancellable, on_cleared,
                           g_task_new (self, cancellable, callback, user_data));
}

gboolean
cap_credentials_clear_finish (CapCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
