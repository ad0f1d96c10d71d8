/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/settings-controls.h"
#include "overlay/settings/choice-button.h"

#include <glib/gi18n.h>

/* Scrolling the page must not change the value under the pointer. */
static void
ignore_wheel (GtkWidget *control)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (control);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

static GVariant *
get_range (GSettings *settings, const char *key)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  return g_settings_schema_key_get_range (schema_key);
}

/* colours */

static gboolean
read_color (GValue *value, GVariant *variant, gpointer user_data)
{
  GdkRGBA color;

  if (!gdk_rgba_parse (&color, g_variant_get_string (variant, NULL)))
    return FALSE;

  g_value_set_boxed (value, &color);
  return TRUE;
}

static GVariant *
write_color (const GValue *value, const GVariantType *type, gpointer user_data)
{
  const GdkRGBA *color = g_value_get_boxed (value);

  return g_variant_new_take_string (g_strdup_printf ("#%02x%02x%02x", (guint) (color->red * 255 + 0.5),
                                                     (guint) (color->green * 255 + 0.5),
                                                     (guint) (color->blue * 255 + 0.5)));
}

/* choices */

static const char *
translate (const CapSettingsName *name)
{
  return name->context != NULL ? g_dpgettext2 (GETTEXT_PACKAGE, name->context, name->name) : _(name->name);
}

static void
on_chosen (CapChoiceButton *button, const char *id, GSettings *settings)
{
  g_settings_set_value (settings, gtk_widget_get_name (GTK_WIDGET (button)), g_variant_new_string (id));
}

static void
show_choice (GSettings *settings, const char *key, CapChoiceButton *button)
{
  g_autofree char *value = g_settings_get_string (settings, key);

  cap_choice_button_select (button, value);
}

/* public */

GtkWidget *
cap_settings_switch_new (GSettings *settings, const char *key)
{
  GtkWidget *control;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  control = gtk_switch_new ();
  gtk_widget_set_name (control, key);
  g_settings_bind (settings, key, control, "active", G_SETTINGS_BIND_DEFAULT);
  return control;
}

GtkWidget *
cap_settings_spin_new (double low, double high, double step)
{
  GtkWidget *control = gtk_spin_button_new_with_range (low, high, step);

  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (control), TRUE);
  ignore_wheel (control);
  return control;
}

GtkWidget *
cap_settings_number_new (GSettings *settings, const char *key)
{
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) ends = NULL;
  guint low = 0, high = G_MAXINT;
  GtkWidget *control;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  range = get_range (settings, key);
  g_variant_get (range, "(&sv)", NULL, &ends);
  if (g_variant_is_of_type (ends, G_VARIANT_TYPE ("(uu)")))
    g_variant_get (ends, "(uu)", &low, &high);

  control = cap_settings_spin_new (low, high, 1);
  gtk_widget_set_name (control, key);
  g_settings_bind (settings, key, control, "value", G_SETTINGS_BIND_DEFAULT);
  return control;
}

static char *
format_share (GtkScale *scale, double value, gpointer user_data)
{
  /* Translators: percent. */
  return g_strdup_printf (_("%d %%"), (int) (value * 100 + 0.5));
}

GtkWidget *
cap_settings_share_new (GSettings *settings, const char *key)
{
  GtkWidget *control;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  control = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05);
  gtk_widget_set_name (control, key);
  gtk_widget_set_size_request (control, 180, -1);
  gtk_scale_set_draw_value (GTK_SCALE (control), TRUE);
  gtk_scale_set_value_pos (GTK_SCALE (control), GTK_POS_LEFT);
  gtk_scale_set_format_value_func (GTK_SCALE (control), format_share, NULL, NULL);
  ignore_wheel (control);
  g_settings_bind (settings, key, gtk_range_get_adjustment (GTK_RANGE (control)), "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_writable (settings, key, control, "sensitive", FALSE);
  return control;
}

GtkWidget *
cap_settings_color_new (GSettings *settings, const char *key, const char *title)
{
  GtkWidget *control;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (title != NULL, NULL);

  control = gtk_color_button_new ();
  gtk_widget_set_name (control, key);
  gtk_color_button_set_title (GTK_COLOR_BUTTON (control), title);
  g_settings_bind_with_mapping (settings, key, control, "rgba", G_SETTINGS_BIND_DEFAULT, read_color,
                                write_color, NULL, NULL);
  return control;
}

GtkWidget *
cap_settings_font_new (GSettings *settings, const char *key)
{
  GtkWidget *control;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  control = gtk_font_button_new ();
  gtk_widget_set_name (control, key);
  gtk_font_button_set_use_size (GTK_FONT_BUTTON (control), FALSE);
  gtk_font_chooser_set_level (GTK_FONT_CHOOSER (control),
                              GTK_FONT_CHOOSER_LEVEL_FAMILY | GTK_FONT_CHOOSER_LEVEL_STYLE
                                  | GTK_FONT_CHOOSER_LEVEL_SIZE);
  g_settings_bind (settings, key, control, "font", G_SETTINGS_BIND_DEFAULT);
  return control;
}

GtkWidget *
cap_settings_choice_new (GSettings *settings, const char *key, const CapSettingsName *names)
{
  GtkWidget *control;
  GListStore *choices;
  g_autoptr (GListModel) owned = NULL;
  g_autofree char *changed = NULL;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (names != NULL, NULL);

  control = cap_choice_button_new ();
  choices = cap_choices_new ();
  owned = G_LIST_MODEL (choices);
  changed = g_strconcat ("changed::", key, NULL);
  for (; names->value != NULL; names++)
    cap_choices_add (choices, names->value, translate (names), "");

  gtk_widget_set_name (control, key);
  cap_choice_button_set_choices (CAP_CHOICE_BUTTON (control), owned);
  show_choice (settings, key, CAP_CHOICE_BUTTON (control));
  g_signal_connect_object (control, "chosen", G_CALLBACK (on_chosen), settings, 0);
  g_signal_connect_object (settings, changed, G_CALLBACK (show_choice), control, 0);
  g_settings_bind_writable (settings, key, control, "sensitive", FALSE);
  return control;
}
