/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/overlay-controls.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *action;
  const char *icon;
  const char *name;
} Control;

static const Control controls[] = {
  { "app.lock", "changes-prevent-symbolic", N_("Lock: let clicks pass through the captions") },
  { "app.pause", "media-playback-pause-symbolic", N_("Pause: stop listening") },
  { "app.history", "document-open-recent-symbolic", N_("Open the transcript") },
  { "app.settings", "emblem-system-symbolic", N_("Settings") },
  { "app.hide", "window-close-symbolic", N_("Hide the captions and stop listening") },
};

static void
set_name (GtkWidget *button, const char *name)
{
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
on_pause_toggled (GtkToggleButton *button)
{
  gboolean paused = gtk_toggle_button_get_active (button);

  gtk_button_set_icon_name (GTK_BUTTON (button), paused ? "media-playback-start-symbolic"
                                                        : "media-playback-pause-symbolic");
  set_name (GTK_WIDGET (button), paused ? _("Resume listening") : _("Pause: stop listening"));
}

static GtkWidget *
create_button (const Control *control)
{
  gboolean is_pause = g_str_equal (control->action, "app.pause");
  GtkWidget *button = is_pause ? gtk_toggle_button_new () : gtk_button_new ();

  gtk_button_set_icon_name (GTK_BUTTON (button), control->icon);
  set_name (button, _(control->name));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), control->action);
  if (is_pause)
    g_signal_connect (button, "toggled", G_CALLBACK (on_pause_toggled), NULL);

  return button;
}

GtkWidget *
cap_overlay_controls_new (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);

  gtk_widget_add_css_class (box, "controls");
  for (guint i = 0; i < G_N_ELEMENTS (controls); i++)
    gtk_box_append (GTK_BOX (box), create_button (&controls[i]));

  return box;
}
