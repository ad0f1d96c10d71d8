/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/appearance.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PATH "/org/freedesktop/portal/desktop"
#define SETTINGS "org.freedesktop.portal.Settings"

static const char interface[] =
    "<node><interface name='" SETTINGS "'>"
    "  <method name='Read'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "    <arg type='v' direction='out'/></method>"
    "  <signal name='SettingChanged'><arg type='s'/><arg type='s'/><arg type='v'/></signal>"
    "</interface></node>";

/* A portal on a bus of its own. */
typedef struct
{
  GTestDBus *bus;
  GDBusConnection *portal;
  GDBusConnection *connection; /* the client under test */
  GDBusNodeInfo *info;
  GtkSettings *settings;
  GVariant *answer; /* NULL: the portal does not have the setting */
  guint asked;
  guint object_id;
  guint name_id;
} Fixture;

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *name,
         const char *method, GVariant *arguments, GDBusMethodInvocation *invocation, gpointer data)
{
  Fixture *f = data;
  const char *namespace, *key;

  g_variant_get (arguments, "(&s&s)", &namespace, &key);
  g_assert_cmpstr (namespace, ==, "org.freedesktop.appearance");
  g_assert_cmpstr (key, ==, "color-scheme");
  f->asked++;
  if (f->answer != NULL)
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(v)", g_variant_new_variant (f->answer)));
  else
    g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.portal.Error.NotFound",
                                                "not found");
}

static GDBusConnection *
join_bus (Fixture *f)
{
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (f->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      NULL, NULL);

  g_assert_nonnull (connection);
  return connection;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const GDBusInterfaceVTable calls = { .method_call = on_call };

  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->bus);
  f->portal = join_bus (f);
  f->connection = join_bus (f);
  f->info = g_dbus_node_info_new_for_xml (interface, NULL);
  f->settings = gtk_settings_get_default ();
  f->object_id = g_dbus_connection_register_object (f->portal, PATH, f->info->interfaces[0], &calls, f, NULL,
                                                    NULL);
  g_assert_cmpuint (f->object_id, !=, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_settings_reset_property (f->settings, "gtk-application-prefer-dark-theme");
  g_clear_handle_id (&f->name_id, g_bus_unown_name);
  g_clear_pointer (&f->answer, g_variant_unref);
  g_dbus_connection_unregister_object (f->portal, f->object_id);
  g_dbus_connection_close_sync (f->portal, NULL, NULL);
  g_dbus_connection_close_sync (f->connection, NULL, NULL);
  g_object_unref (f->portal);
  g_object_unref (f->connection);
  g_dbus_node_info_unref (f->info);
  g_test_dbus_down (f->bus);
  g_object_unref (f->bus);
}

static void
start_portal (Fixture *f, GVariant *answer)
{
  f->answer = answer != NULL ? g_variant_ref_sink (answer) : NULL;
  f->name_id = g_bus_own_name_on_connection (f->portal, PORTAL, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL,
                                             NULL);
}

static gboolean
is_dark (Fixture *f)
{
  gboolean dark;

  g_object_get (f->settings, "gtk-application-prefer-dark-theme", &dark, NULL);
  return dark;
}

static void
await_dark (Fixture *f, gboolean dark)
{
  while (is_dark (f) != dark)
    g_main_context_iteration (NULL, TRUE);
}

static void
change (Fixture *f, const char *namespace, const char *key, GVariant *value)
{
  g_dbus_connection_emit_signal (f->portal, NULL, PATH, SETTINGS, "SettingChanged",
                                 g_variant_new ("(ssv)", namespace, key, value), NULL);
}

static void
change_scheme (Fixture *f, GVariant *value)
{
  change (f, "org.freedesktop.appearance", "color-scheme", value);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  g_assert_nonnull (reply);
  *(gboolean *) data = TRUE;
}

/* Waits until earlier signals have arrived: the answer comes after them. */
static void
settle (Fixture *f)
{
  gboolean answered = FALSE;

  g_dbus_connection_call (f->connection, PORTAL, PATH, SETTINGS, "Read",
                          g_variant_new ("(ss)", "org.freedesktop.appearance", "color-scheme"), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answer, &answered);
  while (!answered)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
sees_to_it_itself (Fixture *f)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (f->settings), "gtk-interface-color-scheme") == NULL)
    return FALSE;

  g_test_skip ("this GTK follows the desktop itself");
  return TRUE;
}

static void
test_followed (Fixture *f, gconstpointer data)
{
  g_autoptr (CapAppearance) appearance = NULL;

  if (sees_to_it_itself (f))
    return;

  start_portal (f, g_variant_new_uint32 (1));
  appearance = cap_appearance_new (f->connection, f->settings);
  await_dark (f, TRUE);
  change_scheme (f, g_variant_new_uint32 (2));
  await_dark (f, FALSE);
  change_scheme (f, g_variant_new_uint32 (1));
  await_dark (f, TRUE);

  /* Signals for other settings change nothing. */
  change (f, "org.freedesktop.appearance", "contrast", g_variant_new_uint32 (0));
  change (f, "org.example", "color-scheme", g_variant_new_uint32 (0));
  change_scheme (f, g_variant_new_string ("light"));
  settle (f);
  g_assert_true (is_dark (f));
  change_scheme (f, g_variant_new_uint32 (0));
  await_dark (f, FALSE);
}

/* The portal appears late, and disappears. */
static void
test_late (Fixture *f, gconstpointer data)
{
  g_autoptr (CapAppearance) appearance = NULL;

  if (sees_to_it_itself (f))
    return;

  appearance = cap_appearance_new (f->connection, f->settings);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (is_dark (f));
  start_portal (f, g_variant_new_uint32 (1));
  await_dark (f, TRUE);
}

static void
test_unknown (Fixture *f, gconstpointer data)
{
  g_autoptr (CapAppearance) appearance = NULL;

  if (sees_to_it_itself (f))
    return;

  start_portal (f, NULL);
  appearance = cap_appearance_new (f->connection, f->settings);
  while (f->asked == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_dark (f));
  change_scheme (f, g_variant_new_uint32 (1));
  await_dark (f, TRUE);
}

/* The answer comes after the object is gone. */
static void
test_gone (Fixture *f, gconstpointer data)
{
  CapAppearance *appearance;

  if (sees_to_it_itself (f))
    return;

  start_portal (f, g_variant_new_uint32 (1));
  appearance = cap_appearance_new (f->connection, f->settings);
  while (f->asked == 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_run_dispose (G_OBJECT (appearance));
  g_object_add_weak_pointer (G_OBJECT (appearance), (gpointer *) &appearance);
  g_object_unref (appearance);
  while (appearance != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_dark (f));
}

int
main (int argc, char **argv)
{
  gtk_init ();
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add ("/appearance/" name, Fixture, NULL, set_up, function, tear_down)
  TEST ("followed", test_followed);
  TEST ("late", test_late);
  TEST ("unknown", test_unknown);
  TEST ("gone", test_gone);
  return g_test_run ();
}
