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
  { "plain", N_("Like other text") },
  { "hide", N_("Hidden") },
  { NULL }
};

static const CapSettingsName translations[] = {
  { "off", N_("Hidden") },
  { "below", N_("Below the original") },
  { "instead", N_("Instead of the original") },
  { NULL }
};

static const CapSettingsName speakers[] = {
  { "off", N_("Hidden") },
  { "name", N_("By name") },
  { "color", N_("By colour") },
  { "both", N_("By name and colour") },
  { NULL }
};

/* presets */

static void
show_preset (GSettings *settings, const char *key, CapChoiceButton *button)
{
  const char *id = cap_look_find_preset (settings);
  GListStore *choices = cap_choices_new ();
  g_autoptr (GListModel) owned = G_LIST_MODEL (choices);

  for (const char *const *preset = cap_look_list_presets (); *preset != NULL; preset++)
    cap_choices_add (choices, *preset, cap_look_get_preset_name (*preset), "");
  if (id == NULL)
    cap_choices_add (choices, OWN_LOOK, _("Custom"), "");

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

/* Colour and thickness are of no use without an edge. */
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
  GtkWidget *group = cap_settings_group_new (_("Appearance"),
                                             _("The captions on the screen show every change immediately."));

  add (group, _("P_reset"), "", new_preset (settings));
  add (group, _("_Font"), _("Typeface, weight and size"), cap_settings_font_new (settings, "font"));
  add (group, _("Number of _lines"), "", cap_settings_number_new (settings, "lines"));
  add (group, _("_Capital letters only"), "", cap_settings_switch_new (settings, "upper-case"));
  return group;
}

static GtkWidget *
new_color_group (GSettings *settings)
{
  GtkWidget *group = cap_settings_group_new (_("Colours"), "");

  add (group, _("_Text colour"), "", cap_settings_color_new (settings, "text-color", _("Text Colour")));
  add (group, _("Text _edge"), _("Makes the text stand out from the background"),
       cap_settings_choice_new (settings, "edge", edges));
  follow_edge (settings, add (group, _("Edge colo_ur"), "",
                              cap_settings_color_new (settings, "edge-color", _("Edge Colour"))));
  follow_edge (settings, add (group, _("Edge t_hickness"), _("Percent of the text size"),
                              cap_settings_number_new (settings, "edge-width")));
  add (group, _("_Background colour"), "",
       cap_settings_color_new (settings, "background-color", _("Background Colour")));
  add (group, _("Background _opacity"), "", cap_settings_share_new (settings, "background-opacity"));
  return group;
}

static GtkWidget *
new_content_group (GSettings *settings)
{
  GtkWidget *group = cap_settings_group_new (_("Content"), "");

  add (group, _("Text that may still chan_ge"), "", cap_settings_choice_new (settings, "partials", partials));
  add (group, _("Tran_slation"), _("If available"),
       cap_settings_choice_new (settings, "translation", translations));
  add (group, _("S_peakers"), _("If the service distinguishes them"),
       cap_settings_choice_new (settings, "speakers", speakers));
  add (group, _("Clear after sile_nce"), _("In seconds; 0 means never"),
       cap_settings_number_new (settings, "clear-after"));
  return group;
}

/* public */

GtkWidget *
cap_settings_look_new (GSettings *settings)
{
  GtkWidget *page;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  page = cap_settings_page_new ();
  cap_settings_page_add (CAP_SETTINGS_PAGE (page), new_text_group (settings));
  cap_settings_page_add (CAP_SETTINGS_PAGE (page), new_color_group (settings));
  cap_settings_page_add (CAP_SETTINGS_PAGE (page), new_content_group (settings));
  return page;
}
