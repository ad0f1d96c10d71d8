/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/credentials.h"
#include "base/deadline.h"
#include "dbus/error.h"
#include "providers/given-keys.h"
#include "providers/keyring-lock.h"
#include "providers/tokens.h"

#include <libsecret/secret.h>

#define ANSWER_MS 20000
#define PROMPT_MS 120000
#define PEEK_MS 5000

/* struct */

struct _CapCredentials
{
  GObject parent_instance;

  CapGivenKeys *given;
  CapTokens *tokens;
};

/* One request to the keyring. */
typedef struct
{
  char *id;
  char *host;            /* attribute of the item; NULL for any host */
  CapProvider *provider; /* NULL for clear() */
  gboolean key_optional;
  gboolean may_prompt;
  gboolean prompting;
  gboolean peek;
  CapSecret *secret;     /* the key to store */

  void (*proceed) (GTask *task); /* called once the service is reachable */
  CapDeadline *deadline;
  SecretService *service;
  GList *items;
  gboolean locked;       /* a locked item could not be removed */
} Ask;

G_DEFINE_FINAL_TYPE (CapCredentials, cap_credentials, G_TYPE_OBJECT)

static const SecretSchema key_schema = {
  "org.captiond.ApiKey",
  SECRET_SCHEMA_NONE,
  {
    { "provider", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "host", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

static void
ask_free (gpointer data)
{
  Ask *ask = data;

  g_free (ask->id);
  g_free (ask->host);
  g_clear_pointer (&ask->provider, cap_provider_unref);
  g_clear_pointer (&ask->secret, cap_secret_unref);
  g_clear_pointer (&ask->deadline, cap_deadline_free);
  g_clear_object (&ask->service);
  g_list_free_full (ask->items, g_object_unref);
  g_free (ask);
}

/* With the port, unless it is the default one. */
static char *
host_attribute (CapProvider *provider)
{
  const char *start = strstr (provider->url, "://") + strlen ("://");

  return g_strndup (start, strcspn (start, "/"));
}

static Ask *
ask_new (const char *id, CapProvider *provider, GCancellable *cancellable)
{
  Ask *ask = g_new0 (Ask, 1);

  ask->id = g_strdup (id);
  if (provider != NULL)
    {
      ask->provider = cap_provider_ref (provider);
      ask->host = host_attribute (provider);
    }
  ask->deadline = cap_deadline_new (cancellable, ANSWER_MS);
  return ask;
}

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

/* what can go wrong */

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

static void
fail_locked (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);

  g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_KEYRING_LOCKED,
                           ask->prompting
                             ? "The keyring with the key for %s was not unlocked. Unlock it and try again."
                             : "The keyring with the key for %s is locked. Unlock it and try again.",
                           ask->id);
}

/* A missing key is no error where the service needs none. */
static void
fail_missing (GTask *task, gboolean other_host)
{
  Ask *ask = g_task_get_task_data (task);

  if (other_host)
    g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                             "The key stored for %s belongs to another host, so captiond does not send it "
                             "to %s. Store the right key with: captionctl provider set-key %s",
                             ask->id, ask->host, ask->id);
  else if (ask->key_optional)
    return_secret (task, NULL);
  else
    g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                             "There is no key for %s. Store it with: captionctl provider set-key %s", ask->id,
                             ask->id);
}

static void
fail_no_service (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  g_autofree char *upper = g_ascii_strup (ask->id, -1);

  if (ask->key_optional)
    return_secret (task, NULL);
  else
    g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                             "This session has no keyring (Secret Service) for the key of %s. Start one, "
                             "such as gnome-keyring. Or pass the key to captiond when it starts, as the systemd "
                             "credential captiond-key-%s or in the environment variable CAPTIOND_KEY_%s.",
                             ask->id, ask->id, g_strdelimit (upper, "-", '_'));
}

/* Whether the user refused to unlock the keyring, or did not answer. */
static gboolean
is_refusal (Ask *ask, const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED)
         || g_error_matches (error, CAP_ERROR, CAP_ERROR_KEYRING_LOCKED)
         || (ask->prompting && cap_deadline_is_over (ask->deadline));
}

static void
fail_keyring (GTask *task, GError *error)
{
  Ask *ask = g_task_get_task_data (task);

  if (is_refusal (ask, error))
    {
      fail_locked (task);
      return;
    }
  if (cap_deadline_is_over (ask->deadline) && ask->peek)
    {
      return_state (task, "locked"); /* the key may exist */
      return;
    }
  if (cap_deadline_is_over (ask->deadline))
    {
      g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                               "The keyring with the key for %s does not answer. Unlock or restart it, then "
                               "try again.",
                               ask->id);
      return;
    }

  if (error != NULL)
    g_dbus_error_strip_remote_error (error);
  g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                           "captiond could not use the keyring for the key of %s: %s. Try again, or restart "
                           "the keyring.",
                           ask->id, error != NULL ? error->message : "the keyring gave no reason");
}

/* the keyring */

static GCancellable *
cancellable_of (GTask *task)
{
  return cap_deadline_get_cancellable (((Ask *) g_task_get_task_data (task))->deadline);
}

/* Takes @task. */
static void
load (GTask *task, SecretItem *item, GAsyncReadyCallback callback)
{
  secret_item_load_secret (item, cancellable_of (task), callback, task);
}

static void
on_service (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  ask->service = secret_service_open_finish (result, &error);
  if (ask->service != NULL)
    {
      ask->proceed (task);
      return;
    }
  fail_keyring (task, error);
  g_object_unref (task);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    {
      secret_service_open (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_NONE, cancellable_of (task), on_service,
                           task);
      return;
    }
  if (cap_deadline_is_over (ask->deadline))
    fail_keyring (task, error);
  else
    fail_no_service (task);
  g_object_unref (task);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus == NULL)
    {
      fail_no_service (task);
      g_object_unref (task);
      return;
    }
  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", CAP_KEYRING_NAME, 0), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, cancellable_of (task), on_started, task);
}

/* libsecret cannot tell a missing service from a missing key, so this asks the
 * bus first. Takes @task. */
static void
reach_keyring (GTask *task, void (*proceed) (GTask *))
{
  Ask *ask = g_task_get_task_data (task);

  ask->proceed = proceed;
  g_bus_get (G_BUS_TYPE_SESSION, cancellable_of (task), on_bus, task);
}

/* Searches without unlocking, so that a locked keyring differs from one without
 * the key. The search itself filters by host because a locked item does not show
 * its attributes. @any_host: search without the host. Takes @task. */
static void
search (GTask *task, gboolean any_host, GAsyncReadyCallback callback)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (attributes, (gpointer) "provider", ask->id);
  if (!any_host)
    g_hash_table_insert (attributes, (gpointer) "host", ask->host);
  secret_service_search (ask->service, &key_schema, attributes, SECRET_SEARCH_ALL, cancellable_of (task),
                         callback, task);
}

/* FALSE if the task has failed. */
static gboolean
take_items (GTask *task, GAsyncResult *result)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  g_list_free_full (ask->items, g_object_unref);
  ask->items = secret_service_search_finish (ask->service, result, &error);
  if (error != NULL)
    fail_keyring (task, error);

  return error == NULL;
}

/* Prefers an unlocked item. NULL if there is none. */
static SecretItem *
best_item (Ask *ask)
{
  for (GList *l = ask->items; l != NULL; l = l->next)
    if (!secret_item_get_locked (l->data))
      return l->data;

  return ask->items != NULL ? ask->items->data : NULL;
}

/* May open a dialog. @path: NULL for the default keyring. Takes @task. */
static void
unlock (GTask *task, const char *path, GAsyncReadyCallback callback)
{
  Ask *ask = g_task_get_task_data (task);

  ask->prompting = TRUE;
  cap_deadline_extend (ask->deadline, PROMPT_MS);
  cap_keyring_unlock_async (g_dbus_proxy_get_connection (G_DBUS_PROXY (ask->service)), path,
                            cancellable_of (task), callback, task);
}

/* FALSE if the task has failed. */
static gboolean
end_dialog (GTask *task, GAsyncResult *result)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!cap_keyring_unlock_finish (result, &error))
    {
      fail_keyring (task, error);
      return FALSE;
    }
  ask->prompting = FALSE;
  cap_deadline_extend (ask->deadline, ANSWER_MS);
  return TRUE;
}

/* getting */

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  SecretValue *value = NULL;
  CapSecret *secret = NULL;
  const char *text;
  gsize length;

  if (secret_item_load_secret_finish (SECRET_ITEM (source), result, &error))
    value = secret_item_get_secret (SECRET_ITEM (source));
  if (value != NULL)
    {
      text = secret_value_get (value, &length);
      secret = cap_secret_new (text, length, &error);
      secret_value_unref (value);
    }
  if (secret != NULL)
    return_secret (task, secret);
  else
    fail_keyring (task, error);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  SecretItem *item = best_item (g_task_get_task_data (task));

  if (end_dialog (task, result))
    load (g_steal_pointer (&task), item, on_loaded);
}

static void
on_found_elsewhere (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  if (take_items (task, result))
    fail_missing (task, ((Ask *) g_task_get_task_data (task))->items != NULL);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Ask *ask = g_task_get_task_data (task);
  SecretItem *item;

  if (!take_items (task, result))
    return;

  item = best_item (ask);
  if (item == NULL)
    search (g_steal_pointer (&task), TRUE, on_found_elsewhere);
  else if (!secret_item_get_locked (item))
    load (g_steal_pointer (&task), item, on_loaded);
  else if (ask->may_prompt)
    unlock (g_steal_pointer (&task), g_dbus_proxy_get_object_path (G_DBUS_PROXY (item)), on_unlocked);
  else
    fail_locked (task);
}

static void
search_key (GTask *task)
{
  search (task, FALSE, on_found);
}

static void
on_given (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  CapSecret *secret = cap_given_keys_get_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (secret != NULL)
    return_secret (task, secret);
  else
    reach_keyring (g_steal_pointer (&task), search_key);
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  CapSecret *secret = cap_tokens_get_finish (result, &error);

  if (secret != NULL)
    return_secret (task, secret);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* storing */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (secret_service_store_finish (ask->service, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    fail_keyring (task, error);
}

static void
store (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *label = g_strdup_printf ("captiond: key of %s for %s", ask->id, ask->host);
  SecretValue *value = secret_value_new (cap_secret_peek (ask->secret), -1, "text/plain");

  g_hash_table_insert (attributes, (gpointer) "provider", ask->id);
  g_hash_table_insert (attributes, (gpointer) "host", ask->host);
  secret_service_store (ask->service, &key_schema, attributes, SECRET_COLLECTION_DEFAULT, label, value,
                        cancellable_of (task), on_stored, task);
  secret_value_unref (value);
}

static void
on_keyring_unlocked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  if (end_dialog (task, result))
    store (g_steal_pointer (&task));
}

static void
unlock_default (GTask *task)
{
  unlock (task, NULL, on_keyring_unlocked);
}

/* clearing */

static void remove_next (GTask *task);

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  g_autoptr (GError) error = NULL;

  if (secret_item_delete_finish (SECRET_ITEM (source), result, &error))
    {
      remove_next (task);
      return;
    }
  fail_keyring (task, error);
  g_object_unref (task);
}

/* Skips locked items: removing one would ask the user to unlock it. */
static void
remove_next (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);

  while (ask->items != NULL)
    {
      g_autoptr (SecretItem) item = ask->items->data;

      ask->items = g_list_delete_link (ask->items, ask->items);
      if (!secret_item_get_locked (item))
        {
          secret_item_delete (item, cancellable_of (task), on_removed, task);
          return;
        }
      ask->locked = TRUE;
    }

  if (ask->locked)
    fail_locked (task);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_found_to_remove (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;

  if (take_items (task, result))
    remove_next (task);
  else
    g_object_unref (task);
}

static void
search_all (GTask *task)
{
  search (task, TRUE, on_found_to_remove);
}

/* looking */

static void
on_seen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  SecretItem *item;

  if (!take_items (task, result))
    return;

  item = best_item (g_task_get_task_data (task));
  return_state (task, item == NULL ? "missing" : secret_item_get_locked (item) ? "locked" : "set");
}

static void
look_for_key (GTask *task)
{
  search (task, FALSE, on_seen);
}

static void
on_given_seen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (CapSecret) secret = cap_given_keys_get_finish (result, NULL);

  if (secret != NULL)
    return_state (task, "set");
  else
    reach_keyring (g_steal_pointer (&task), look_for_key);
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
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Ask *ask = ask_new (provider->id, provider, cancellable);

  ask->key_optional = key_optional;
  ask->may_prompt = may_prompt;
  g_task_set_task_data (task, ask, ask_free);
  if (provider->auth == CAP_AUTH_NONE)
    return_secret (task, NULL);
  else if (provider->auth == CAP_AUTH_TOKEN_COMMAND)
    cap_tokens_get_async (self->tokens, provider, cancellable, on_token, g_steal_pointer (&task));
  else
    cap_given_keys_get_async (self->given, provider->id, cancellable, on_given, g_steal_pointer (&task));
}

gboolean
cap_credentials_get_finish (CapCredentials *self, GAsyncResult *result, CapSecret **secret, GError **error)
{
  g_autoptr (GError) problem = NULL;

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
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Ask *ask = ask_new (provider->id, provider, cancellable);

  ask->peek = TRUE;
  cap_deadline_extend (ask->deadline, PEEK_MS);
  g_task_set_task_data (task, ask, ask_free);
  if (provider->auth == CAP_AUTH_NONE)
    return_state (task, "none");
  else if (provider->auth == CAP_AUTH_TOKEN_COMMAND)
    return_state (task, "command");
  else
    cap_given_keys_get_async (self->given, provider->id, cancellable, on_given_seen, g_steal_pointer (&task));
}

char *
cap_credentials_peek_finish (CapCredentials *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
cap_credentials_forget_token (CapCredentials *self, CapProvider *provider)
{
  cap_tokens_forget (self->tokens, provider->id);
}

void
cap_credentials_store_async (CapCredentials *self, CapProvider *provider, CapSecret *secret,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Ask *ask = ask_new (provider->id, provider, cancellable);

  ask->secret = cap_secret_ref (secret);
  g_task_set_task_data (task, ask, ask_free);
  reach_keyring (task, unlock_default);
}

gboolean
cap_credentials_store_finish (CapCredentials *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cap_credentials_clear_async (CapCredentials *self, const char *provider_id, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, ask_new (provider_id, NULL, cancellable), ask_free);
  reach_keyring (task, search_all);
}

gboolean
cap_credentials_clear_finish (CapCredentials *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
