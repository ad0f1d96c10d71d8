/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/default-row.h"
#include "overlay/settings/settings-controls.h"
#include "overlay/text/sentence.h"

#define STAND_MS 500

/* Connects a row with a default of the service; lives as long as the row. */
typedef struct
{
  CapCatalog *catalog;
  CapSettingsRow *row;
  const char *key; /* static */
  guint timeout_id;
  gulong handler; /* of the signal of the control */
} Follower;

static void
follower_free (gpointer data)
{
  Follower *self = data;

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_object_unref (self->catalog);
  g_free (self);
}

/* from the user to the service */

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapSettingsRow) row = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *key = NULL;
  g_autofree char *sentence = NULL;

  if (!cap_catalog_set_defaults_finish (CAP_CATALOG (source), result, &error))
    sentence = cap_sentence_split (error->message, &key);

  cap_settings_row_set_problem (row, sentence);
}

void
cap_default_apply (CapCatalog *catalog, CapSettingsRow *row, GVariant *changes)
{
  g_return_if_fail (CAP_IS_CATALOG (catalog));
  g_return_if_fail (CAP_IS_SETTINGS_ROW (row));

  cap_catalog_set_defaults (catalog, changes, on_applied, g_object_ref (row));
}

static void
tell (Follower *self, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  GVariant *defaults = cap_catalog_get_defaults (self->catalog);
  g_autoptr (GVariant) known = defaults != NULL ? g_variant_lookup_value (defaults, self->key, NULL) : NULL;
  g_auto (GVariantDict) changes = G_VARIANT_DICT_INIT (NULL);

  if (known != NULL && g_variant_equal (known, owned))
    return;

  g_variant_dict_insert_value (&changes, self->key, owned);
  cap_default_apply (self->catalog, self->row, g_variant_dict_end (&changes));
}

static void
on_switched (GtkSwitch *control, GParamSpec *pspec, Follower *self)
{
  tell (self, g_variant_new_boolean (gtk_switch_get_active (control)));
}

static void
tell_number (Follower *self)
{
  GtkWidget *control = cap_settings_row_get_control (self->row);

  tell (self, g_variant_new_uint32 ((guint32) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (control))));
}

static void
on_stood (gpointer user_data)
{
  Follower *self = user_data;

  self->timeout_id = 0;
  tell_number (self);
}

static void
on_number (GtkSpinButton *control, Follower *self)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->timeout_id = g_timeout_add_once (STAND_MS, on_stood, self);
}

/* The user closed the window or changed the page: no more steps will follow. */
static void
on_unmap (GtkWidget *control, Follower *self)
{
  if (self->timeout_id == 0)
    return;

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  tell_number (self);
}

/* from the service to the user */

static void
show (Follower *self, GVariant *value)
{
  GtkWidget *control = cap_settings_row_get_control (self->row);

  g_signal_handler_block (control, self->handler);
  if (GTK_IS_SWITCH (control) && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    gtk_switch_set_active (GTK_SWITCH (control), g_variant_get_boolean (value));
  else if (GTK_IS_SPIN_BUTTON (control) && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (control), g_variant_get_uint32 (value));
  g_signal_handler_unblock (control, self->handler);
}

static void
on_defaults (CapCatalog *catalog, CapSettingsRow *row)
{
  Follower *self = g_object_get_data (G_OBJECT (row), "follower");
  GVariant *defaults = cap_catalog_get_defaults (catalog);
  g_autoptr (GVariant) value = defaults != NULL ? g_variant_lookup_value (defaults, self->key, NULL) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (row), value != NULL);
  if (value != NULL && self->timeout_id == 0)
    show (self, value);
}

static GtkWidget *
follow (CapCatalog *catalog, const char *key, GtkWidget *row, const char *signal, GCallback callback)
{
  GtkWidget *control = cap_settings_row_get_control (CAP_SETTINGS_ROW (row));
  Follower *self = g_new0 (Follower, 1);

  self->catalog = g_object_ref (catalog);
  self->row = CAP_SETTINGS_ROW (row);
  self->key = key;
  self->handler = g_signal_connect (control, signal, callback, self);
  gtk_widget_set_name (control, key);
  g_object_set_data_full (G_OBJECT (row), "follower", self, follower_free);
  g_signal_connect_object (catalog, "changed::defaults", G_CALLBACK (on_defaults), row, 0);
  on_defaults (catalog, CAP_SETTINGS_ROW (row));
  return row;
}

/* public */

GtkWidget *
cap_default_switch_new (CapCatalog *catalog, const char *key, const char *title, const char *explanation)
{
  GtkWidget *row;

  g_return_val_if_fail (CAP_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (title != NULL, NULL);
  g_return_val_if_fail (explanation != NULL, NULL);

  row = cap_settings_row_new (title, explanation, gtk_switch_new ());
  return follow (catalog, key, row, "notify::active", G_CALLBACK (on_switched));
}

GtkWidget *
cap_default_number_new (CapCatalog *catalog, const char *key, const char *title, const char *explanation,
                        guint low, guint high, guint step)
{
  GtkWidget *control;
  GtkWidget *row;

  g_return_val_if_fail (CAP_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (title != NULL, NULL);
  g_return_val_if_fail (explanation != NULL, NULL);

  control = cap_settings_spin_new (low, high, step);
  row = cap_settings_row_new (title, explanation, control);
  follow (catalog, key, row, "value-changed", G_CALLBACK (on_number));
  g_signal_connect (control, "unmap", G_CALLBACK (on_unmap), g_object_get_data (G_OBJECT (row), "follower"));
  return row;
}
