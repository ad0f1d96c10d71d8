/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * Uses a stand-in for a Secret Service that opens a dialog; the real one needs a display. */

#include "dbus/error.h"
#include "providers/keyring-lock.h"

#define LOGIN "/org/freedesktop/secrets/collection/login"
#define PROMPT "/org/freedesktop/secrets/prompt/p1"

static const char *const introspection =
  "<node>"
  "<interface name='org.freedesktop.Secret.Service'>"
  "<method name='ReadAlias'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
  "<method name='Unlock'><arg type='ao' direction='in'/><arg type='ao' direction='out'/>"
  "<arg type='o' direction='out'/></method>"
  "<method name='CreateCollection'><arg type='a{sv}' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='o' direction='out'/><arg type='o' direction='out'/></method>"
  "</interface>"
  "<interface name='org.freedesktop.Secret.Prompt'>"
  "<method name='Prompt'><arg type='s' direction='in'/></method>"
  "<method name='Dismiss'/>"
  "<signal name='Completed'><arg type='b'/><arg type='v'/></signal>"
  "</interface>"
  "</node>";

/* The user's reaction to the dialog. */
typedef enum
{
  ANSWERS,
  REFUSES,
  WAITS,
  CANNOT_BE_ASKED,
  IS_NOT_ASKED,
} User;

typedef struct
{
  GTestDBus *bus;
  GDBusConnection *service;
  GDBusConnection *client;
  GDBusNodeInfo *info;
  GString *calls;
  gboolean has_default;
  User user;
  GCancellable *cancellable; /* cancelled by the dialog, or NULL */
} Fixture;

static void
answer_prompt (Fixture *fixture, GDBusConnection *service, GDBusMethodInvocation *invocation)
{
  if (fixture->user == CANNOT_BE_ASKED)
    {
      g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_FAILED,
                                                     "No display");
      return;
    }

  g_dbus_method_invocation_return_value (invocation, NULL);
  if (fixture->user != WAITS)
    g_dbus_connection_emit_signal (
      service, NULL, PROMPT, "org.freedesktop.Secret.Prompt", "Completed",
      g_variant_new ("(bv)", fixture->user == REFUSES, g_variant_new_string ("")), NULL);
  if (fixture->cancellable != NULL)
    g_cancellable_cancel (fixture->cancellable);
}

static void
on_call (GDBusConnection *service, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *arguments, GDBusMethodInvocation *invocation, gpointer data)
{
  Fixture *fixture = data;
  const char *const none[] = { NULL };
  const char *prompt = fixture->user == IS_NOT_ASKED ? "/" : PROMPT;

  g_string_append_printf (fixture->calls, "%s ", method);
  if (g_str_equal (method, "ReadAlias"))
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(o)", fixture->has_default ? LOGIN : "/"));
  else if (g_str_equal (method, "Unlock"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(^aoo)", none, prompt));
  else if (g_str_equal (method, "CreateCollection"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(oo)", "/", prompt));
  else if (g_str_equal (method, "Prompt"))
    answer_prompt (fixture, service, invocation);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static GDBusConnection *
connect_to (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (bus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
    NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const GDBusInterfaceVTable vtable = { on_call };
  g_autoptr (GVariant) reply = NULL;

  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->service = connect_to (fixture->bus);
  fixture->client = connect_to (fixture->bus);
  fixture->calls = g_string_new (NULL);
  fixture->has_default = TRUE;
  fixture->info = g_dbus_node_info_new_for_xml (introspection, NULL);
  g_dbus_connection_register_object (fixture->service, "/org/freedesktop/secrets",
                                     fixture->info->interfaces[0], &vtable, fixture, NULL, NULL);
  g_dbus_connection_register_object (fixture->service, PROMPT, fixture->info->interfaces[1], &vtable, fixture,
                                     NULL, NULL);
  reply = g_dbus_connection_call_sync (fixture->service, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", CAP_KEYRING_NAME, 0), NULL, 0, -1, NULL, NULL);
  g_assert_nonnull (reply);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_dbus_connection_close_sync (fixture->client, NULL, NULL);
  g_dbus_connection_close_sync (fixture->service, NULL, NULL);
  g_object_unref (fixture->client);
  g_object_unref (fixture->service);
  g_dbus_node_info_unref (fixture->info);
  g_string_free (fixture->calls, TRUE);
  g_clear_object (&fixture->cancellable);
  g_test_dbus_down (fixture->bus);
  g_object_unref (fixture->bus);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
unlock (Fixture *fixture, const char *path, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_string_truncate (fixture->calls, 0);
  cap_keyring_unlock_async (fixture->client, path, fixture->cancellable, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return cap_keyring_unlock_finish (result, error);
}

static void
test_answered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->user = ANSWERS;
  g_assert_true (unlock (fixture, LOGIN "/1", &error));
  g_assert_cmpstr (fixture->calls->str, ==, "Unlock Prompt ");
  g_assert_true (unlock (fixture, NULL, &error));
  g_assert_cmpstr (fixture->calls->str, ==, "ReadAlias Unlock Prompt ");
}

static void
test_not_needed (Fixture *fixture, gconstpointer data)
{
  fixture->user = IS_NOT_ASKED;
  g_assert_true (unlock (fixture, NULL, NULL));
  g_assert_cmpstr (fixture->calls->str, ==, "ReadAlias Unlock ");
}

static void
test_made (Fixture *fixture, gconstpointer data)
{
  fixture->user = ANSWERS;
  fixture->has_default = FALSE;
  g_assert_true (unlock (fixture, NULL, NULL));
  g_assert_cmpstr (fixture->calls->str, ==, "ReadAlias CreateCollection Prompt ");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->user = REFUSES;
  g_assert_false (unlock (fixture, NULL, &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_KEYRING_LOCKED);
}

static void
on_done_cancel (GObject *source, GAsyncResult *result, gpointer data)
{
  g_cancellable_cancel (g_task_get_cancellable (G_TASK (result)));
  *(GAsyncResult **) data = g_object_ref (result);
}

/* A failing engine cancels from inside the callback. */
static void
test_refused_and_cancelled (Fixture *fixture, gconstpointer data)
{
  static const User users[] = { REFUSES, CANNOT_BE_ASKED, ANSWERS };

  for (gsize i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;

      fixture->user = users[i];
      cap_keyring_unlock_async (fixture->client, LOGIN, cancellable, on_done_cancel, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_null (strstr (fixture->calls->str, "Dismiss"));
}

static void
test_cannot (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->user = CANNOT_BE_ASKED;
  g_assert_false (unlock (fixture, NULL, &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_KEYRING_LOCKED);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->user = WAITS;
  fixture->cancellable = g_cancellable_new ();
  g_assert_false (unlock (fixture, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  while (!g_str_has_suffix (fixture->calls->str, "Dismiss "))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_close_sync (fixture->service, NULL, NULL);
  g_assert_false (unlock (fixture, NULL, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/keyring-lock/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("an answered dialog unlocks", test_answered);
  ADD ("no dialog appears if none is needed", test_not_needed);
  ADD ("a missing keyring is created", test_made);
  ADD ("closing the dialog is a refusal", test_refused);
  ADD ("a callback may cancel", test_refused_and_cancelled);
  ADD ("a dialog that cannot open is a refusal", test_cannot);
  ADD ("cancelling closes the dialog", test_cancelled);
  ADD ("a missing service is an error", test_gone);
  return g_test_run ();
}
