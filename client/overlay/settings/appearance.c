/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/appearance.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_SETTINGS "org.freedesktop.portal.Settings"
#define APPEARANCE "org.freedesktop.appearance"
#define COLOR_SCHEME "color-scheme"

#define PREFERS_DARK 1
#define MOST_VARIANTS 3

struct _CapAppearance
{
  GObject parent_instance;

  GDBusConnection *connection;
  GtkSettings *settings;
  GCancellable *cancellable; /* of the pending call to the portal */
  guint watch_id;
  guint signal_id;
};

G_DEFINE_FINAL_TYPE (CapAppearance, cap_appearance, G_TYPE_OBJECT)

static void
stop_reading (CapAppearance *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* lifecycle */

static void
cap_appearance_dispose (GObject *object)
{
  CapAppearance *self = CAP_APPEARANCE (object);

  stop_reading (self);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  if (self->signal_id != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->signal_id);
  self->signal_id = 0;
  g_clear_object (&self->connection);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (cap_appearance_parent_class)->dispose (object);
}

static void
cap_appearance_class_init (CapAppearanceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_appearance_dispose;
}

static void
cap_appearance_init (CapAppearance *self)
{
}

/* private */

/* Read returns a variant inside a variant, the signal a single one. */
static void
apply (CapAppearance *self, GVariant *value)
{
  g_autoptr (GVariant) inner = g_variant_ref (value);

  for (guint i = 0; i < MOST_VARIANTS && g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT); i++)
    {
      g_autoptr (GVariant) outer = g_steal_pointer (&inner);

      inner = g_variant_get_variant (outer);
    }

  if (!g_variant_is_of_type (inner, G_VARIANT_TYPE_UINT32))
    return;

  /* Without a preference, the setting of GTK applies. */
  if (g_variant_get_uint32 (inner) == PREFERS_DARK)
    g_object_set (self->settings, "gtk-application-prefer-dark-theme", TRUE, NULL);
  else
    gtk_settings_reset_property (self->settings, "gtk-application-prefer-dark-theme");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapAppearance) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL)
    {
      /* Not every portal has this setting. */
      g_debug ("the portal does not say whether the desktop is dark: %s", error->message);
      return;
    }
  if (self->settings == NULL)
    return;

  value = g_variant_get_child_value (reply, 0);
  apply (self, value);
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  CapAppearance *self = user_data;

  stop_reading (self);
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_call (connection, PORTAL_NAME, PORTAL_PATH, PORTAL_SETTINGS, "Read",
                          g_variant_new ("(ss)", APPEARANCE, COLOR_SCHEME), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, on_read,
                          g_object_ref (self));
}

static void
on_setting_changed (GDBusConnection *connection,
                    const char *sender,
                    const char *path,
                    const char *interface,
                    const char *signal,
                    GVariant *arguments,
                    gpointer user_data)
{
  CapAppearance *self = user_data;
  const char *namespace, *key;
  g_autoptr (GVariant) value = NULL;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ssv)")))
    return;

  g_variant_get (arguments, "(&s&sv)", &namespace, &key, &value);
  if (!g_str_equal (namespace, APPEARANCE) || !g_str_equal (key, COLOR_SCHEME))
    return;

  /* The signal is newer than a pending answer. */
  stop_reading (self);
  apply (self, value);
}

/* public */

CapAppearance *
cap_appearance_new (GDBusConnection *connection, GtkSettings *settings)
{
  CapAppearance *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (GTK_IS_SETTINGS (settings), NULL);

  self = g_object_new (CAP_TYPE_APPEARANCE, NULL);
  self->connection = g_object_ref (connection);
  self->settings = g_object_ref (settings);
  /* From GTK 4.20 on, which has this property, GTK follows the portal itself. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (settings), "gtk-interface-color-scheme") != NULL)
    return self;

  self->signal_id = g_dbus_connection_signal_subscribe (connection, PORTAL_NAME, PORTAL_SETTINGS,
                                                        "SettingChanged", PORTAL_PATH, APPEARANCE,
                                                        G_DBUS_SIGNAL_FLAGS_NONE, on_setting_changed, self,
                                                        NULL);
  /* The portal may start later or restart, and this does not block. */
  self->watch_id = g_bus_watch_name_on_connection (connection, PORTAL_NAME,
                                                   G_BUS_NAME_WATCHER_FLAGS_AUTO_START, on_appeared, NULL,
                                                   self, NULL);
  return self;
}
