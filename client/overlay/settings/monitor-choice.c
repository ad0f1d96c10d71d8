/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/monitor-choice.h"
#include "overlay/settings/choice-button.h"

#include <glib/gi18n.h>

#define KEY "monitor"

static void
add_monitor (GListStore *choices, GdkMonitor *monitor)
{
  const char *connector = gdk_monitor_get_connector (monitor);
  const char *manufacturer = gdk_monitor_get_manufacturer (monitor);
  const char *model = gdk_monitor_get_model (monitor);
  g_autofree char *detail = NULL;

  if (connector == NULL)
    return;

  detail = g_strdup_printf ("%s %s", manufacturer != NULL ? manufacturer : "", model != NULL ? model : "");
  cap_choices_add (choices, connector, connector, detail);
}

static GListModel *
list_monitors (GListModel *monitors, const char *chosen)
{
  GListStore *choices = cap_choices_new ();

  cap_choices_add (choices, "", _("Automatic"), "");
  for (guint i = 0; i < g_list_model_get_n_items (monitors); i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, i);

      add_monitor (choices, monitor);
    }

  if (cap_choices_find (G_LIST_MODEL (choices), chosen) == G_MAXUINT)
    cap_choices_add (choices, chosen, chosen, _("Not connected at the moment"));
  return G_LIST_MODEL (choices);
}

static void
show (CapChoiceButton *button)
{
  GSettings *settings = g_object_get_data (G_OBJECT (button), "settings");
  GListModel *monitors = g_object_get_data (G_OBJECT (button), "monitors");
  g_autofree char *chosen = g_settings_get_string (settings, KEY);
  g_autoptr (GListModel) choices = list_monitors (monitors, chosen);

  cap_choice_button_set_choices (button, choices);
  cap_choice_button_select (button, chosen);
}

static void
on_chosen (CapChoiceButton *button, const char *id, GSettings *settings)
{
  g_settings_set_string (settings, KEY, id);
}

GtkWidget *
cap_monitor_choice_new (GSettings *settings, GdkDisplay *display)
{
  GtkWidget *button;
  GListModel *monitors;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (GDK_IS_DISPLAY (display), NULL);

  button = cap_choice_button_new ();
  monitors = gdk_display_get_monitors (display);
  gtk_widget_set_name (button, KEY);
  g_object_set_data_full (G_OBJECT (button), "settings", g_object_ref (settings), g_object_unref);
  g_object_set_data_full (G_OBJECT (button), "monitors", g_object_ref (monitors), g_object_unref);
  g_signal_connect_object (monitors, "items-changed", G_CALLBACK (show), button, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (show), button, G_CONNECT_SWAPPED);
  g_signal_connect_object (button, "chosen", G_CALLBACK (on_chosen), settings, 0);
  g_settings_bind_writable (settings, KEY, button, "sensitive", FALSE);
  show (CAP_CHOICE_BUTTON (button));
  return button;
}
