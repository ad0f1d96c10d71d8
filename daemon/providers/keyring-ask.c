/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/keyring-ask.h"
#include "dbus/error.h"
#include "providers/keyring-lock.h"

#define ANSWER_MS 20000
#define PROMPT_MS 120000

const SecretSchema cap_keyring_schema = {
  "org.captiond.ApiKey",
  SECRET_SCHEMA_NONE,
  {
    { "provider", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "host", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* private: failures */

static void
fail_no_service (GTask *task)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);
  g_autofree char *upper = g_ascii_strup (ask->id, -1);

  if (ask->key_optional)
    cap_keyring_ask_return_secret (task, NULL);
  else
    g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                             "This session has no keyring (Secret Service) for the key of %s. Start one, "
                             "such as gnome-keyring. Or pass the key to captiond when it starts, as the "
                             "systemd credential captiond-key-%s or in the environment variable "
                             "CAPTIOND_KEY_%s.",
                             ask->id, ask->id, g_strdelimit (upper, "-", '_'));
}

/* Whether the user refused to unlock the keyring, or did not answer. */
static gboolean
is_refusal (CapKeyringAsk *ask, const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED)
         || g_error_matches (error, CAP_ERROR, CAP_ERROR_KEYRING_LOCKED)
         || (ask->prompting && cap_deadline_is_over (ask->deadline));
}

/* callbacks */

static void
on_service (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CapKeyringAsk *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  ask->service = secret_service_open_finish (result, &error);
  if (ask->service != NULL)
    {
      ask->proceed (task);
      return;
    }
  cap_keyring_ask_fail (task, error);
  g_object_unref (task);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CapKeyringAsk *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    {
      secret_service_open (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_NONE, cap_keyring_ask_cancellable (task),
                           on_service, task);
      return;
    }
  if (cap_deadline_is_over (ask->deadline))
    cap_keyring_ask_fail (task, error);
  else
    fail_no_service (task);
  g_object_unref (task);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus == NULL)
    {
      fail_no_service (task);
      g_object_unref (task);
      return;
    }
  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", CAP_KEYRING_NAME, 0), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, cap_keyring_ask_cancellable (task), on_started, task);
}

/* public methods */

CapKeyringAsk *
cap_keyring_ask_new (const char *id, const char *host, GCancellable *cancellable)
{
  CapKeyringAsk *self = g_new0 (CapKeyringAsk, 1);

  self->id = g_strdup (id);
  self->host = g_strdup (host);
  self->deadline = cap_deadline_new (cancellable, ANSWER_MS);
  return self;
}

void
cap_keyring_ask_free (CapKeyringAsk *self)
{
  g_free (self->id);
  g_free (self->host);
  g_clear_pointer (&self->secret, cap_secret_unref);
  g_clear_pointer (&self->deadline, cap_deadline_free);
  g_clear_object (&self->service);
  g_list_free_full (self->items, g_object_unref);
  g_free (self);
}

GCancellable *
cap_keyring_ask_cancellable (GTask *task)
{
  g_return_val_if_fail (G_IS_TASK (task), NULL);

  return cap_deadline_get_cancellable (((CapKeyringAsk *) g_task_get_task_data (task))->deadline);
}

/* libsecret cannot tell a missing service from a missing key, so this asks the
 * bus first. */
void
cap_keyring_ask_reach (GTask *task, void (*proceed) (GTask *))
{
  CapKeyringAsk *ask = g_task_get_task_data (task);

  ask->proceed = proceed;
  g_bus_get (G_BUS_TYPE_SESSION, cap_keyring_ask_cancellable (task), on_bus, task);
}

void
cap_keyring_ask_search (GTask *task, gboolean any_host, GAsyncReadyCallback callback)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (attributes, (gpointer) "provider", ask->id);
  if (!any_host)
    g_hash_table_insert (attributes, (gpointer) "host", ask->host);
  secret_service_search (ask->service, &cap_keyring_schema, attributes, SECRET_SEARCH_ALL,
                         cap_keyring_ask_cancellable (task), callback, task);
}

gboolean
cap_keyring_ask_take_items (GTask *task, GAsyncResult *result)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  g_list_free_full (ask->items, g_object_unref);
  ask->items = secret_service_search_finish (ask->service, result, &error);
  if (error != NULL)
    cap_keyring_ask_fail (task, error);

  return error == NULL;
}

SecretItem *
cap_keyring_ask_best_item (GTask *task)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);

  for (GList *l = ask->items; l != NULL; l = l->next)
    if (!secret_item_get_locked (l->data))
      return l->data;

  return ask->items != NULL ? ask->items->data : NULL;
}

void
cap_keyring_ask_unlock (GTask *task, const char *path, GAsyncReadyCallback callback)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);

  ask->prompting = TRUE;
  cap_deadline_extend (ask->deadline, PROMPT_MS);
  cap_keyring_unlock_async (g_dbus_proxy_get_connection (G_DBUS_PROXY (ask->service)), path,
                            cap_keyring_ask_cancellable (task), callback, task);
}

gboolean
cap_keyring_ask_finish_unlock (GTask *task, GAsyncResult *result)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!cap_keyring_unlock_finish (result, &error))
    {
      cap_keyring_ask_fail (task, error);
      return FALSE;
    }
  ask->prompting = FALSE;
  cap_deadline_extend (ask->deadline, ANSWER_MS);
  return TRUE;
}

void
cap_keyring_ask_return_secret (GTask *task, CapSecret *secret)
{
  g_return_if_fail (G_IS_TASK (task));

  g_task_return_pointer (task, secret, (GDestroyNotify) cap_secret_unref);
}

void
cap_keyring_ask_return_state (GTask *task, const char *state)
{
  g_return_if_fail (G_IS_TASK (task));

  g_task_return_pointer (task, g_strdup (state), g_free);
}

void
cap_keyring_ask_fail (GTask *task, GError *error)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);

  if (is_refusal (ask, error))
    {
      cap_keyring_ask_fail_locked (task);
      return;
    }
  if (cap_deadline_is_over (ask->deadline) && ask->peek)
    {
      cap_keyring_ask_return_state (task, "locked"); /* the key may exist */
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

void
cap_keyring_ask_fail_locked (GTask *task)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);

  g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_KEYRING_LOCKED,
                           ask->prompting
                             ? "The keyring with the key for %s was not unlocked. Unlock it and try again."
                             : "The keyring with the key for %s is locked. Unlock it and try again.",
                           ask->id);
}

/* A missing key is no error where the service needs none. */
void
cap_keyring_ask_fail_missing (GTask *task, gboolean other_host)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);

  if (other_host)
    g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                             "The key stored for %s belongs to another host, so captiond does not send it "
                             "to %s. Store the right key with: captionctl provider set-key %s",
                             ask->id, ask->host, ask->id);
  else if (ask->key_optional)
    cap_keyring_ask_return_secret (task, NULL);
  else
    g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                             "There is no key for %s. Store it with: captionctl provider set-key %s", ask->id,
                             ask->id);
}
