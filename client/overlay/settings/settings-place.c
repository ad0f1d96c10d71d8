/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/settings-place.h"
#include "overlay/settings/autostart.h"
#include "overlay/settings/monitor-choice.h"
#include "overlay/settings/settings-controls.h"
#include "overlay/settings/settings-row.h"

#include <glib/gi18n.h>
#include <string.h>

static const CapSettingsName positions[] = {
  { "bottom", N_("Bottom") },
  { "top", N_("Top") },
  { "free", N_("Free (drag to move)") },
  { NULL }
};

typedef struct
{
  const char *command;
  const char *name; /* N_() */
} Command;

static const Command commands[] = {
  { "captiond-overlay --toggle", N_("Show or hide captions") },
  { "captiond-overlay --unlock", N_("Unlock captions") },
  { "captiond-overlay --lock", N_("Lock captions") },
  { "captiond-overlay --settings", N_("Open the settings") },
};

static CapSettingsRow *
add (GtkWidget *group, const char *title, const char *explanation, GtkWidget *control)
{
  GtkWidget *row = cap_settings_row_new (title, explanation, control);

  cap_settings_group_add (CAP_SETTINGS_GROUP (group), row);
  return CAP_SETTINGS_ROW (row);
}

/* position */

static void
show_docked (GSettings *settings, const char *key, CapSettingsRow *row)
{
  g_autofree char *position = g_settings_get_string (settings, "position");
  gboolean possible = !g_str_equal (position, "free");

  gtk_widget_set_sensitive (cap_settings_row_get_control (row),
                            possible && g_settings_is_writable (settings, "docked"));
  cap_settings_row_set_explanation (row, possible ? _("Other windows leave room for the captions.")
                                                  : _("Available only for captions at the top or bottom."));
}

static void
show_margin (GSettings *settings, const char *key, GtkWidget *row)
{
  g_autofree char *position = g_settings_get_string (settings, "position");

  gtk_widget_set_visible (row, !g_str_equal (position, "free"));
}

static GtkWidget *
new_docked (GSettings *settings)
{
  GtkWidget *control = gtk_switch_new ();

  gtk_widget_set_name (control, "docked");
  g_settings_bind (settings, "docked", control, "active",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
  return control;
}

static GtkWidget *
new_place (GSettings *settings)
{
  GtkWidget *group = cap_settings_group_new (_("Position on the screen"), "");
  CapSettingsRow *row;

  add (group, _("_Position"), "", cap_settings_choice_new (settings, "position", positions));
  row = add (group, _("_Distance from the screen edge"), _("In pixels"),
             cap_settings_number_new (settings, "margin"));
  g_signal_connect_object (settings, "changed::position", G_CALLBACK (show_margin), row, 0);
  show_margin (settings, NULL, GTK_WIDGET (row));
  add (group, _("_Width"), _("Percent of the screen width"), cap_settings_number_new (settings, "width"));
  add (group, _("_Monitor"), "", cap_monitor_choice_new (settings, gdk_display_get_default ()));
  add (group, _("Show above _fullscreen windows"), _("Films, presentations, games"),
       cap_settings_switch_new (settings, "over-fullscreen"));
  row = add (group, _("_Reserve screen space"), "", new_docked (settings));
  g_signal_connect_object (settings, "changed::position", G_CALLBACK (show_docked), row, 0);
  show_docked (settings, NULL, row);
  add (group, _("_Lock captions"),
       _("Clicks pass through the captions. Unlock them here or with a shortcut (see below) to move them "
         "and to show their buttons."),
       cap_settings_switch_new (settings, "locked"));
  return group;
}

/* startup */

static void
show_autostart (GtkSwitch *control)
{
  g_object_freeze_notify (G_OBJECT (control));
  gtk_switch_set_active (control, cap_autostart_is_on ());
  g_object_thaw_notify (G_OBJECT (control));
}

static void
on_autostart (GtkSwitch *control, GParamSpec *pspec, CapSettingsRow *row)
{
  g_autoptr (GError) error = NULL;

  /* Either show_autostart () set the switch, or nothing changes. */
  if (gtk_switch_get_active (control) == cap_autostart_is_on ())
    return;

  cap_autostart_set (gtk_switch_get_active (control), &error);
  cap_settings_row_set_problem (row, error != NULL ? error->message : NULL);
  if (error != NULL)
    show_autostart (control);
}

static GtkWidget *
new_login (void)
{
  GtkWidget *group = cap_settings_group_new (_("Startup"), "");
  GtkWidget *control = gtk_switch_new ();
  CapSettingsRow *row = add (group, _("_Show captions when you log in"), "", control);

  gtk_widget_set_name (control, "autostart");
  if (!cap_autostart_is_possible ())
    {
      gtk_widget_set_sensitive (control, FALSE);
      cap_settings_row_set_explanation (row, _("This application runs in a sandbox. Add it to the startup "
                                               "applications in your desktop’s settings."));
      return group;
    }

  show_autostart (GTK_SWITCH (control));
  g_signal_connect_object (control, "notify::active", G_CALLBACK (on_autostart), row, 0);
  /* Other programs may have changed it. */
  g_signal_connect (control, "map", G_CALLBACK (show_autostart), NULL);
  return group;
}

/* shortcuts */

#define COPIED_MS 2000

/* A button that copies a command; lives as long as the button. */
typedef struct
{
  GtkWidget *button;
  const char *command; /* static */
  guint timeout_id;
} Copier;

static void
copier_free (gpointer data)
{
  Copier *self = data;

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_free (self);
}

/* The label of the button alone tells a screen reader user too little, because it
 * does not name the row. */
static void
label_button (GtkWidget *button, const char *label, const char *spoken)
{
  gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
offer_copy (Copier *self)
{
  g_autofree char *spoken = g_strdup_printf (_("Copy “%s”"), self->command);

  label_button (self->button, _("Copy"), spoken);
}

static void
on_copied_seen (gpointer user_data)
{
  Copier *self = user_data;

  self->timeout_id = 0;
  offer_copy (self);
}

static void
on_copy (GtkButton *button, Copier *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (self->button), self->command);
  label_button (self->button, _("Copied"), _("Copied"));
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->timeout_id = g_timeout_add_once (COPIED_MS, on_copied_seen, self);
}

static void
add_command (GtkWidget *group, const Command *command)
{
  Copier *copier = g_new0 (Copier, 1);
  GtkWidget *button = gtk_button_new ();
  CapSettingsRow *row = add (group, _(command->name), command->command, button);
  g_autofree char *name = g_strconcat ("copy", strrchr (command->command, ' ') + 1, NULL);

  copier->button = button;
  copier->command = command->command;
  gtk_widget_set_name (button, name);
  offer_copy (copier);
  gtk_widget_add_css_class (GTK_WIDGET (row), "cap-command");
  g_signal_connect (button, "clicked", G_CALLBACK (on_copy), copier);
  g_object_set_data_full (G_OBJECT (button), "copier", copier, copier_free);
}

static GtkWidget *
new_shortcuts (void)
{
  GtkWidget *group = cap_settings_group_new (
      _("Keyboard shortcuts"), _("To use a shortcut, assign one of these commands to a key in your desktop’s "
                                 "settings, usually under “Keyboard” and “Custom Shortcuts”."));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    add_command (group, &commands[i]);
  return group;
}

/* public */

GtkWidget *
cap_settings_place_new (GSettings *settings)
{
  GtkWidget *page;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  page = cap_settings_page_new ();
  cap_settings_page_add (CAP_SETTINGS_PAGE (page), new_place (settings));
  cap_settings_page_add (CAP_SETTINGS_PAGE (page), new_login ());
  cap_settings_page_add (CAP_SETTINGS_PAGE (page), new_shortcuts ());
  return page;
}
