/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/provider-form.h"
#include "overlay/settings/choice-button.h"
#include "overlay/settings/settings-row.h"

#include <glib/gi18n.h>

#define OPENAI_URL "https://api.openai.com/v1"

struct _CapProviderForm
{
  GtkBox parent_instance;

  GVariant *settings;
  CapSettingsGroup *needed;
  CapSettingsGroup *more;
  GHashTable *rows; /* key: CapSettingsRow */
};

G_DEFINE_FINAL_TYPE (CapProviderForm, cap_provider_form, GTK_TYPE_BOX)

/* lifecycle */

static void
cap_provider_form_finalize (GObject *object)
{
  CapProviderForm *self = CAP_PROVIDER_FORM (object);

  g_clear_pointer (&self->settings, g_variant_unref);
  g_hash_table_unref (self->rows);

  G_OBJECT_CLASS (cap_provider_form_parent_class)->finalize (object);
}

static void
cap_provider_form_class_init (CapProviderFormClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_provider_form_finalize;
}

static void
cap_provider_form_init (CapProviderForm *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  self->rows = g_hash_table_new (g_str_hash, g_str_equal);
}

/* controls */

static GtkWidget *
new_entry (void)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  return cap_provider_form_set_entry_width (entry);
}

static const char *
translate (const CapProviderFieldChoice *choice)
{
  return choice->context != NULL ? g_dpgettext2 (GETTEXT_PACKAGE, choice->context, choice->name)
                                 : _(choice->name);
}

static GtkWidget *
new_choice (const CapProviderField *field)
{
  GtkWidget *button = cap_choice_button_new ();
  g_autoptr (GListStore) choices = cap_choices_new ();

  for (const CapProviderFieldChoice *choice = field->choices; choice->value != NULL; choice++)
    cap_choices_add (choices, choice->value, translate (choice), "");

  cap_choice_button_set_choices (CAP_CHOICE_BUTTON (button), G_LIST_MODEL (choices));
  return button;
}

static GtkWidget *
new_control (const CapProviderField *field)
{
  if (field->choices != NULL)
    return new_choice (field);
  if (field->kind == CAP_PROVIDER_FIELD_FLAG)
    return gtk_switch_new ();

  return new_entry ();
}

static GtkWidget *
get_control (CapProviderForm *self, const char *key)
{
  return cap_settings_row_get_control (g_hash_table_lookup (self->rows, key));
}

static void
set_text (CapProviderForm *self, const char *key, const char *text)
{
  GtkWidget *control = get_control (self, key);

  if (CAP_IS_CHOICE_BUTTON (control))
    cap_choice_button_select (CAP_CHOICE_BUTTON (control), text);
  else if (GTK_IS_SWITCH (control))
    gtk_switch_set_active (GTK_SWITCH (control), *text != '\0');
  else
    gtk_editable_set_text (GTK_EDITABLE (control), text);
}

static const char *
get_text (CapProviderForm *self, const char *key)
{
  GtkWidget *control = get_control (self, key);

  if (CAP_IS_CHOICE_BUTTON (control))
    return cap_choice_button_get_id (CAP_CHOICE_BUTTON (control));
  if (GTK_IS_SWITCH (control))
    return gtk_switch_get_active (GTK_SWITCH (control)) ? "yes" : "";

  return gtk_editable_get_text (GTK_EDITABLE (control));
}

/* Keeps a value that only a newer service knows. */
static void
add_unknown_value (GtkWidget *control, const char *text)
{
  GtkDropDown *drop_down = GTK_DROP_DOWN (cap_choice_button_get_target (CAP_CHOICE_BUTTON (control)));
  GListModel *choices = gtk_drop_down_get_model (drop_down);

  if (cap_choices_find (choices, text) == G_MAXUINT)
    cap_choices_add (G_LIST_STORE (choices), text, text, "");
}

static void
add_field (CapProviderForm *self, const CapProviderField *field)
{
  gboolean needed = g_str_equal (field->key, "url") || g_str_equal (field->key, "model");
  GtkWidget *control = new_control (field);
  GtkWidget *row = cap_settings_row_new (_(field->title),
                                         *field->explanation != '\0' ? _(field->explanation) : "",
                                         control);
  g_autofree char *text = cap_provider_field_to_text (field, self->settings);

  gtk_widget_set_name (control, field->key);
  g_hash_table_insert (self->rows, (gpointer) field->key, row);
  cap_settings_group_add (needed ? self->needed : self->more, row);
  if (field->choices != NULL)
    add_unknown_value (control, text);
  set_text (self, field->key, text);
}

/* public */

GtkWidget *
cap_provider_form_set_entry_width (GtkWidget *entry)
{
  g_return_val_if_fail (GTK_IS_WIDGET (entry), NULL);

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 24);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 24);
  return entry;
}

GtkWidget *
cap_provider_form_new (CapSettingsGroup *needed, GVariant *settings)
{
  CapProviderForm *self;

  g_return_val_if_fail (CAP_IS_SETTINGS_GROUP (needed), NULL);

  self = g_object_new (CAP_TYPE_PROVIDER_FORM, NULL);
  self->settings = settings != NULL ? g_variant_ref_sink (settings) : NULL;
  self->needed = needed;
  self->more = CAP_SETTINGS_GROUP (cap_settings_group_new_folded (_("M_ore settings")));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->more));

  for (const CapProviderField *field = cap_provider_field_list (); field->key != NULL; field++)
    add_field (self, field);

  return GTK_WIDGET (self);
}

void
cap_provider_form_set_preset (CapProviderForm *self, const CapProviderPreset *preset)
{
  CapSettingsRow *url;
  CapSettingsRow *model;
  gboolean other_url;

  g_return_if_fail (CAP_IS_PROVIDER_FORM (self));
  g_return_if_fail (preset != NULL);

  url = g_hash_table_lookup (self->rows, "url");
  model = g_hash_table_lookup (self->rows, "model");
  other_url = self->settings != NULL && !g_str_equal (get_text (self, "url"), OPENAI_URL);
  cap_settings_row_set_explanation (url, preset->url_help != NULL ? _(preset->url_help) : "");
  gtk_widget_set_visible (GTK_WIDGET (url), preset->url_help != NULL || other_url);
  cap_settings_row_set_title (model, _(preset->model_title));
  cap_settings_row_set_explanation (model, *preset->model_help != '\0' ? _(preset->model_help) : "");

  if (self->settings != NULL)
    return;
  set_text (self, "dialect", preset->dialect);
  set_text (self, "url", preset->url);
  set_text (self, "model", preset->model);
}

/* Returns TRUE with a NULL @value if the value has not changed. */
static gboolean
read_field (CapProviderForm *self, const CapProviderField *field, GVariant **value)
{
  g_autoptr (GError) error = NULL;
  GVariant *read = cap_provider_field_from_text (field, get_text (self, field->key), &error);

  cap_provider_form_show_problem (self, field->key, error != NULL ? error->message : NULL);
  if (read == NULL)
    return FALSE;

  *value = g_variant_ref_sink (read);
  if (cap_provider_field_is_set (field, self->settings, *value))
    g_clear_pointer (value, g_variant_unref);
  return TRUE;
}

GVariant *
cap_provider_form_compose (CapProviderForm *self)
{
  g_auto (GVariantDict) changes = G_VARIANT_DICT_INIT (NULL);
  gboolean good = TRUE;

  g_return_val_if_fail (CAP_IS_PROVIDER_FORM (self), NULL);

  for (const CapProviderField *field = cap_provider_field_list (); field->key != NULL; field++)
    {
      g_autoptr (GVariant) value = NULL;

      good &= read_field (self, field, &value);
      if (value != NULL)
        g_variant_dict_insert_value (&changes, field->key, value);
    }

  return good ? g_variant_dict_end (&changes) : NULL;
}

/* Makes a row visible, so that the user sees its problem. */
static void
uncover (CapProviderForm *self, CapSettingsRow *row)
{
  gtk_widget_set_visible (GTK_WIDGET (row), TRUE);
  /* A row in a folded expander is not part of the window. */
  if (!gtk_widget_is_ancestor (GTK_WIDGET (row), GTK_WIDGET (self->needed)))
    cap_settings_group_unfold (self->more);
  gtk_widget_grab_focus (cap_settings_row_get_control (row));
}

gboolean
cap_provider_form_show_problem (CapProviderForm *self, const char *key, const char *sentence)
{
  CapSettingsRow *row;

  g_return_val_if_fail (CAP_IS_PROVIDER_FORM (self), FALSE);

  row = key != NULL ? g_hash_table_lookup (self->rows, key) : NULL;
  if (row == NULL)
    return FALSE;

  cap_settings_row_set_problem (row, sentence);
  if (sentence != NULL)
    uncover (self, row);
  return TRUE;
}
