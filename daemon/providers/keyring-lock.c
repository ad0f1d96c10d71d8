/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/keyring-lock.h"
#include "dbus/error.h"

#define SERVICE_PATH "/org/freedesktop/secrets"
#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"
#define PROMPT_INTERFACE "org.freedesktop.Secret.Prompt"

/* struct */

typedef struct
{
  GDBusConnection *bus;
  char *prompt; /* object path; NULL while there is no dialog */
  guint subscription;
  gulong handler;
} Unlock;

static void
unlock_free (gpointer data)
{
  Unlock *self = data;

  g_free (self->prompt);
  g_object_unref (self->bus);
  g_free (self);
}

/* the dialog */

static void
call (Unlock *self, const char *path, const char *interface, const char *method, GVariant *arguments,
      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_dbus_connection_call (self->bus, CAP_KEYRING_NAME, path, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, cancellable, callback, data);
}

/* The answer and the cancellation both end the task, and the caller may cancel
 * while it handles the answer, so the first of them disconnects the other. Returns
 * the reference that the dialog held. */
static GTask *
close_dialog (GTask *task)
{
  Unlock *self = g_task_get_task_data (task);

  g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  if (self->handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), self->handler);
  self->subscription = 0;
  self->handler = 0;
  return task;
}

static void
fail_refused (GTask *task)
{
  g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_KEYRING_LOCKED, "The keyring was not unlocked.");
}

static void
on_completed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
              const char *member, GVariant *arguments, gpointer user_data)
{
  g_autoptr (GTask) task = close_dialog (user_data);
  gboolean dismissed = TRUE;

  if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(bv)")))
    g_variant_get_child (arguments, 0, "b", &dismissed);
  if (dismissed)
    fail_refused (task);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = close_dialog (user_data);
  Unlock *self = g_task_get_task_data (task);

  call (self, self->prompt, PROMPT_INTERFACE, "Dismiss", NULL, NULL, NULL, NULL);
  fail_refused (task);
}

static void
on_prompted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Unlock *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL || self->subscription == 0)
    return;

  g_info ("The keyring did not open its dialog: %s", error->message);
  g_object_unref (close_dialog (task));
  fail_refused (task);
}

static void
show_dialog (GTask *task, const char *path)
{
  Unlock *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (g_task_return_error_if_cancelled (task))
    return;

  self->prompt = g_strdup (path);
  self->subscription = g_dbus_connection_signal_subscribe (
    self->bus, CAP_KEYRING_NAME, PROMPT_INTERFACE, "Completed", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
    on_completed, g_object_ref (task), NULL);
  if (cancellable != NULL)
    self->handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
  call (self, path, PROMPT_INTERFACE, "Prompt", g_variant_new ("(s)", ""), NULL, on_prompted,
        g_object_ref (task));
}

/* unlocking */

static GVariant *
finish_call (GTask *task, GObject *source, GAsyncResult *result, const char *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE (type)))
    return g_steal_pointer (&reply);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             "The keyring sent an answer of an unexpected type");
  return NULL;
}

/* The answers to Unlock and CreateCollection both end with the path of the dialog. */
static void
on_answer (GTask *task, GVariant *reply)
{
  const char *prompt = NULL;

  g_variant_get_child (reply, 1, "&o", &prompt);
  if (g_str_equal (prompt, "/"))
    g_task_return_boolean (task, TRUE);
  else
    show_dialog (task, prompt);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = finish_call (task, source, result, "(aoo)");

  if (reply != NULL)
    on_answer (task, reply);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = finish_call (task, source, result, "(oo)");

  if (reply != NULL)
    on_answer (task, reply);
}

static void
unlock (GTask *task, const char *path)
{
  const char *const paths[] = { path, NULL };

  call (g_task_get_task_data (task), SERVICE_PATH, SERVICE_INTERFACE, "Unlock",
        g_variant_new ("(^ao)", paths), g_task_get_cancellable (task), on_unlocked, g_object_ref (task));
}

static void
create_default (GTask *task)
{
  GVariantBuilder properties;

  g_variant_builder_init (&properties, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&properties, "{sv}", "org.freedesktop.Secret.Collection.Label",
                         g_variant_new_string ("Default keyring"));
  call (g_task_get_task_data (task), SERVICE_PATH, SERVICE_INTERFACE, "CreateCollection",
        g_variant_new ("(a{sv}s)", &properties, "default"), g_task_get_cancellable (task), on_created,
        g_object_ref (task));
}

static void
on_default (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = finish_call (task, source, result, "(o)");
  const char *path = NULL;

  if (reply == NULL)
    return;

  g_variant_get (reply, "(&o)", &path);
  if (g_str_equal (path, "/"))
    create_default (task);
  else
    unlock (task, path);
}

/* public methods */

void
cap_keyring_unlock_async (GDBusConnection *bus, const char *path, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Unlock *self;

  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));

  task = g_task_new (NULL, cancellable, callback, user_data);
  self = g_new0 (Unlock, 1);
  self->bus = g_object_ref (bus);
  g_task_set_task_data (task, self, unlock_free);
  if (path != NULL)
    unlock (task, path);
  else
    call (self, SERVICE_PATH, SERVICE_INTERFACE, "ReadAlias", g_variant_new ("(s)", "default"), cancellable,
          on_default, g_steal_pointer (&task));
}

gboolean
cap_keyring_unlock_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
