/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/keyring.h"
#include "providers/keyring-ask.h"

#define PEEK_MS 5000

/* private */

/* With the port, unless it is the default one. */
static char *
host_attribute (CapProvider *provider)
{
  const char *start = strstr (provider->url, "://") + strlen ("://");

  return g_strndup (start, strcspn (start, "/"));
}

static CapKeyringAsk *
ask_for (CapProvider *provider, GCancellable *cancellable)
{
  g_autofree char *host = host_attribute (provider);

  return cap_keyring_ask_new (provider->id, host, cancellable);
}

/* private: getting */

/* Takes @task. */
static void
load (GTask *task, SecretItem *item, GAsyncReadyCallback callback)
{
  secret_item_load_secret (item, cap_keyring_ask_cancellable (task), callback, task);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
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
    cap_keyring_ask_return_secret (task, secret);
  else
    cap_keyring_ask_fail (task, error);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SecretItem *item = cap_keyring_ask_best_item (task);

  if (cap_keyring_ask_finish_unlock (task, result))
    load (g_steal_pointer (&task), item, on_loaded);
}

static void
on_found_elsewhere (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (cap_keyring_ask_take_items (task, result))
    cap_keyring_ask_fail_missing (task, ((CapKeyringAsk *) g_task_get_task_data (task))->items != NULL);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CapKeyringAsk *ask = g_task_get_task_data (task);
  SecretItem *item;

  if (!cap_keyring_ask_take_items (task, result))
    return;

  item = cap_keyring_ask_best_item (task);
  if (item == NULL)
    cap_keyring_ask_search (g_steal_pointer (&task), TRUE, on_found_elsewhere);
  else if (!secret_item_get_locked (item))
    load (g_steal_pointer (&task), item, on_loaded);
  else if (ask->may_prompt)
    cap_keyring_ask_unlock (g_steal_pointer (&task), g_dbus_proxy_get_object_path (G_DBUS_PROXY (item)),
                            on_unlocked);
  else
    cap_keyring_ask_fail_locked (task);
}

static void
search_key (GTask *task)
{
  cap_keyring_ask_search (task, FALSE, on_found);
}

/* private: looking */

static void
on_seen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SecretItem *item;

  if (!cap_keyring_ask_take_items (task, result))
    return;

  item = cap_keyring_ask_best_item (task);
  cap_keyring_ask_return_state (task, item == NULL                   ? "missing"
                                      : secret_item_get_locked (item) ? "locked"
                                                                      : "set");
}

static void
look_for_key (GTask *task)
{
  cap_keyring_ask_search (task, FALSE, on_seen);
}

/* private: storing */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CapKeyringAsk *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (secret_service_store_finish (ask->service, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    cap_keyring_ask_fail (task, error);
}

static void
store (GTask *task)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *label = g_strdup_printf ("captiond: key of %s for %s", ask->id, ask->host);
  SecretValue *value = secret_value_new (cap_secret_peek (ask->secret), -1, "text/plain");

  g_hash_table_insert (attributes, (gpointer) "provider", ask->id);
  g_hash_table_insert (attributes, (gpointer) "host", ask->host);
  secret_service_store (ask->service, &cap_keyring_schema, attributes, SECRET_COLLECTION_DEFAULT, label,
                        value, cap_keyring_ask_cancellable (task), on_stored, task);
  secret_value_unref (value);
}

static void
on_keyring_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (cap_keyring_ask_finish_unlock (task, result))
    store (g_steal_pointer (&task));
}

static void
unlock_default (GTask *task)
{
  cap_keyring_ask_unlock (task, NULL, on_keyring_unlocked);
}

/* private: clearing */

static void remove_next (GTask *task);

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_item_delete_finish (SECRET_ITEM (source), result, &error))
    {
      remove_next (task);
      return;
    }
  cap_keyring_ask_fail (task, error);
  g_object_unref (task);
}

/* Skips locked items: removing one would ask the user to unlock it. */
static void
remove_next (GTask *task)
{
  CapKeyringAsk *ask = g_task_get_task_data (task);

  while (ask->items != NULL)
    {
      g_autoptr (SecretItem) item = ask->items->data;

      ask->items = g_list_delete_link (ask->items, ask->items);
      if (!secret_item_get_locked (item))
        {
          secret_item_delete (item, cap_keyring_ask_cancellable (task), on_removed, task);
          return;
        }
      ask->locked = TRUE;
    }

  if (ask->locked)
    cap_keyring_ask_fail_locked (task);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_found_to_remove (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;

  if (cap_keyring_ask_take_items (task, result))
    remove_next (task);
  else
    g_object_unref (task);
}

static void
search_all (GTask *task)
{
  cap_keyring_ask_search (task, TRUE, on_found_to_remove);
}

/* public methods */

void
cap_keyring_get_async (CapProvider *provider, gboolean key_optional, gboolean may_prompt,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  CapKeyringAsk *ask;
  GTask *task;

  g_return_if_fail (provider != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  ask = ask_for (provider, cancellable);
  ask->key_optional = key_optional;
  ask->may_prompt = may_prompt;
  g_task_set_task_data (task, ask, (GDestroyNotify) cap_keyring_ask_free);
  cap_keyring_ask_reach (task, search_key);
}

CapSecret *
cap_keyring_get_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
cap_keyring_peek_async (CapProvider *provider, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  CapKeyringAsk *ask;
  GTask *task;

  g_return_if_fail (provider != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  ask = ask_for (provider, cancellable);
  ask->peek = TRUE;
  cap_deadline_extend (ask->deadline, PEEK_MS);
  g_task_set_task_data (task, ask, (GDestroyNotify) cap_keyring_ask_free);
  cap_keyring_ask_reach (task, look_for_key);
}

char *
cap_keyring_peek_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
cap_keyring_store_async (CapProvider *provider, CapSecret *secret, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  CapKeyringAsk *ask;
  GTask *task;

  g_return_if_fail (provider != NULL);
  g_return_if_fail (secret != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  ask = ask_for (provider, cancellable);
  ask->secret = cap_secret_ref (secret);
  g_task_set_task_data (task, ask, (GDestroyNotify) cap_keyring_ask_free);
  cap_keyring_ask_reach (task, unlock_default);
}

gboolean
cap_keyring_store_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cap_keyring_clear_async (const char *provider_id, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;

  g_return_if_fail (provider_id != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_task_data (task, cap_keyring_ask_new (provider_id, NULL, cancellable),
                        (GDestroyNotify) cap_keyring_ask_free);
  cap_keyring_ask_reach (task, search_all);
}

gboolean
cap_keyring_clear_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
