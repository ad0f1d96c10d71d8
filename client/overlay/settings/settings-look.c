/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/settings-look.h"
#include "overlay/captions/look.h"
#include "overlay/settings/choice-button.h"
#include "overlay/settings/settings-controls.h"
#include "overlay/settings/settings-row.h"

#include <glib/gi18n.h>

#define OWN_LOOK "own"

static const CapSettingsName edges[] = {
  { "none", NC_("edge", "None"), "edge" },
  { "outline", N_("Outline") },
  { "shadow", N_("Shadow") },
  { NULL }
};

static const CapSettingsName partials[] = {
  { "dim", N_("Dimmed") },
  { "plain", N_("Like all else") },
  { "hide", N_("Not shown") },
  { NULL }
};

static const CapSettingsName translations[] = {
  { "off", N_("Not shown") },
  { "below", N_("Below what was said") },
  { "instead", N_("Instead of what was said") },
  { NULL }
};

static const CapSettingsName speakers[] = {
  { "off", N_("Not at all") },
  { "name", N_("By name") },
  { "color", N_("By colour") },
  { "both", N_("By name and colour") },
  { NULL }
};

/* ready-made looks */

static void
show_preset (GSettings *settings, const char *key, CapChoiceButton *button)
{
  const char *id = cap_look_find_preset (settings);
  GListStore *choices = cap_choices_new ();
  g_autoptr (GListModel) owned = G_LIST_MODEL (choices);

  for (const char *const *preset = cap_look_list_presets (); *preset != NULL; preset++)
    cap_choices_add (choices, *preset, cap_look_get_preset_name (*preset), "");
  if (id == NULL)
    cap_choices_add (choices, OWN_LOOK, _("Your own"), "");

  cap_choice_button_set_choices (button, owned);
  cap_choice_button_select (button, id != NULL ? id : OWN_LOOK);
}

static void
on_preset (CapChoiceButton *button, const char *id, GSettings *settings)
{
  if (!g_str_equal (id, OWN_LOOK))
    cap_look_apply_preset (settings, id);
}

static GtkWidget *
new_preset (GSettings *settings)
{
  GtkWidget *button = cap_choice_button_new ();

  gtk_widget_set_name (button, "look-preset");
  g_signal_connect_object (button, "chosen", G_CALLBACK (on_preset), settings, 0);
  g_signal_connect_object (settings, "changed", G_CALLBACK (show_preset), button, 0);
  show_preset (settings, NULL, CAP_CHOICE_BUTTON (button));
  return button;
}

/* groups */

static GtkWidget *
add (GtkWidget *group, const char *title, const char *explanation, GtkWidget *control)
{
  GtkWidget *row = cap_settings_row_new (title, explanation, control);

  cap_settings_group_add (CAP_SETTINGS_GROUP (group), row);
  return row;
}

/* What an edge looks like is of no use without one. */
static void
show_edge (GSettings *settings, const char *key, GtkWidget *row)
{
  g_autofree char *edge = g_settings_get_string (settings, "edge");

  gtk_widget_set_visible (row, !g_str_equal (edge, "none"));
}

static void
follow_edge (GSettings *settings, GtkWidget *row)
{
  g_signal_connect_object (settings, "changed::edge", G_CALLBACK (show_edge), row, 0);
  show_edge (settings, NULL, row);
}

static GtkWidget *
new_text_group (GSettings *settings)
{
  GtkWidget *group = cap_settings_group_new (_("Look"),
                                             _("The captions on the screen show every change at once."));

  add (group, _("_Ready-made look"), "", new_preset (settings));
  add (group, _("_Font"), _("With its weight and size"), cap_settings_font_new (settings, "font"));
  add (group, _("_Lines"), "", cap_settings_number_new (settings, "lines"));
  add (group, _("_Capital letters only"), "", cap_settings_switch_new (settings, "upper-case"));
  return group;
}

static GtkWidget *
new_color_group (GSettings *settings)
{
  GtkWidget *group = cap_settings_group_new (_("Colours"), "");

  add (group, _("_Text"), "", cap_settings_color_new (settings, "text-color", _("Colour of Text")));
  add (group, _("_Edge of letters"), _("Sets them off from what is behind"),
       cap_settings_choice_new (settings, "edge", edges));
  follow_edge (settings, add (group, _("Colo_ur of the edge"), "",
                              cap_settings_color_new (settings, "edge-color", _("Colour of the Edge"))));
  follow_edge (settings, add (group, _("T_hickness of the edge"), _("In per cent of the size of letters"),
                              cap_settings_number_new (settings, "edge-width")));
  add (group, _("_Background"), "",
       cap_settings_color_new (settings, "background-color", _("Colour of the Background")));
  add (group, _("Background c_overs"), "", cap_settings_share_new (settings, "background-opacity"));
  return group;
}

static GtkWidget *
new_content_group (GSettings *settings)
{
  GtkWidget *group = cap_settings_group_new (_("What is shown"), "");

  add (group, _("Text that can still chan_ge"), "", cap_settings_choice_new (settings, "partials", partials));
  add (group, _("Tran_slation"), _("Where there is one"),
       cap_settings_choice_new (settings, "translation", translations));
  add (group, _("S_peakers"), _("Where the service tells them apart"),
       cap_settings_choice_new (settings, "speakers", speakers));
  add (group, _("Clear after seco_nds of silence"), _("0: never"),
       cap_settings_number_new (settings, "clear-after"));
  return group;
}

/* public */

GtkWidget *
cap_settings_look_new (GSettings *settings)
{
  GtkWidget *page = cap_settings_page_new ();

  cap_settings_page_add (CAP_SETTINGS_PAGE (page), new_text_group (settings));
  cap_settings_page_add (CAP_SETTINGS_PAGE (page), new_color_group (settings));
  cap_settings_page_add (CAP_SETTINGS_PAGE (page), new_content_group (settings));
  return page;
}
