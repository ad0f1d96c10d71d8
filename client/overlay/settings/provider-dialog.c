/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/provider-dialog.h"
#include "overlay/service/offers.h"
#include "overlay/service/service-calls.h"
#include "overlay/settings/choice-button.h"
#include "overlay/settings/provider-form.h"
#include "overlay/settings/settings-page.h"
#include "overlay/settings/settings-row.h"
#include "overlay/text/sentence.h"

#include <glib/gi18n.h>

#define CAP_TYPE_PROVIDER_DIALOG (cap_provider_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CapProviderDialog, cap_provider_dialog, CAP, PROVIDER_DIALOG, GtkWindow)

struct _CapProviderDialog
{
  GtkWindow parent_instance;

  CapCatalog *catalog;
  GCancellable *cancellable;
  char *id; /* NULL for a new service */

  GtkWidget *page;
  CapSettingsRow *preset, *name; /* NULL for an existing service */
  CapProviderForm *form;
  CapSettingsRow *key;
  GtkWidget *forget;
  GtkWidget *problem;
  GtkWidget *save;
};

G_DEFINE_FINAL_TYPE (CapProviderDialog, cap_provider_dialog, GTK_TYPE_WINDOW)

/* lifecycle */

/* Pending calls hold a reference to the dialog, so that its disposal cannot cancel
 * them. */
static void
cap_provider_dialog_unrealize (GtkWidget *widget)
{
  g_cancellable_cancel (CAP_PROVIDER_DIALOG (widget)->cancellable);

  GTK_WIDGET_CLASS (cap_provider_dialog_parent_class)->unrealize (widget);
}

static void
cap_provider_dialog_dispose (GObject *object)
{
  CapProviderDialog *self = CAP_PROVIDER_DIALOG (object);

  g_clear_object (&self->catalog);

  G_OBJECT_CLASS (cap_provider_dialog_parent_class)->dispose (object);
}

static void
cap_provider_dialog_finalize (GObject *object)
{
  CapProviderDialog *self = CAP_PROVIDER_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_free (self->id);

  G_OBJECT_CLASS (cap_provider_dialog_parent_class)->finalize (object);
}

static void
cap_provider_dialog_class_init (CapProviderDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cap_provider_dialog_dispose;
  object_class->finalize = cap_provider_dialog_finalize;
  widget_class->unrealize = cap_provider_dialog_unrealize;

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
}

static void
cap_provider_dialog_init (CapProviderDialog *self)
{
  self->cancellable = g_cancellable_new ();
}

/* problems */

/* Shows the error at the row that it is about, or else in the dialog. */
static void
show_error (CapProviderDialog *self, const GError *error)
{
  g_autofree char *key = NULL;
  g_autofree char *sentence = cap_sentence_split (error->message, &key);
  g_autofree char *whole = cap_sentence_new (error->message);

  if (g_strcmp0 (key, "id") == 0 && self->name != NULL)
    cap_settings_row_set_problem (self->name, sentence);
  else if (!cap_provider_form_show_problem (self->form, key, sentence))
    cap_settings_problem_set (self->problem, whole);
}

static void
set_busy (CapProviderDialog *self, gboolean busy)
{
  /* GtkText warns if it becomes insensitive while it has the focus. */
  if (busy)
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_widget_set_sensitive (self->page, !busy);
  gtk_widget_set_sensitive (self->save, !busy);
}

/* saving */

static GtkEditable *
get_key_entry (CapProviderDialog *self)
{
  return GTK_EDITABLE (cap_settings_row_get_control (self->key));
}

static void
finish (CapProviderDialog *self)
{
  cap_catalog_refresh (self->catalog);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_key_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapProviderDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = cap_service_calls_set_key_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree char *sentence = error != NULL ? cap_sentence_new (error->message) : NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (done)
    {
      finish (self);
      return;
    }

  set_busy (self, FALSE);
  cap_settings_row_set_problem (self->key, sentence);
  gtk_widget_grab_focus (GTK_WIDGET (get_key_entry (self)));
}

static void
store_key (CapProviderDialog *self)
{
  GtkEditable *entry = get_key_entry (self);

  if (*gtk_editable_get_text (entry) == '\0')
    {
      finish (self);
      return;
    }

  cap_settings_row_set_explanation (self->key, _("You may be asked to unlock your keyring."));
  cap_service_calls_set_key (cap_catalog_get_connection (self->catalog), self->id,
                             gtk_editable_get_text (entry), self->cancellable, on_key_stored,
                             g_object_ref (self));
  gtk_editable_set_text (entry, "");
}

static void
on_settings_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapProviderDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = cap_service_calls_set_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  if (done && self->id == NULL)
    {
      /* The service exists from now on, even if the key cannot be stored. */
      self->id = g_strdup (gtk_editable_get_text (GTK_EDITABLE (cap_settings_row_get_control (self->name))));
      gtk_widget_set_sensitive (GTK_WIDGET (self->name), FALSE);
      gtk_widget_set_sensitive (GTK_WIDGET (self->preset), FALSE);
    }
  if (done)
    {
      store_key (self);
      return;
    }

  set_busy (self, FALSE);
  show_error (self, error);
}

static gboolean
check_name (CapProviderDialog *self, const char *name)
{
  g_autoptr (GVariant) known = cap_offers_find_engine (cap_catalog_get_engines (self->catalog), name);
  const char *sentence = NULL;

  if (known != NULL || g_str_equal (name, "local"))
    sentence = _("A service with this name already exists. Choose another name.");
  else if (!g_regex_match_simple ("^[a-z][a-z0-9-]{0,31}$", name, G_REGEX_DOLLAR_ENDONLY, 0))
    sentence = _("Use up to 32 lowercase letters (a to z), digits and hyphens, starting with a letter.");

  cap_settings_row_set_problem (self->name, sentence);
  if (sentence != NULL)
    gtk_widget_grab_focus (cap_settings_row_get_control (self->name));
  return sentence == NULL;
}

static void
on_save (CapProviderDialog *self)
{
  const char *id = self->id;
  g_autoptr (GVariant) changes = NULL;

  if (id == NULL)
    {
      id = gtk_editable_get_text (GTK_EDITABLE (cap_settings_row_get_control (self->name)));
      if (!check_name (self, id))
        return;
    }

  cap_settings_problem_set (self->problem, NULL);
  cap_settings_row_set_problem (self->key, NULL);
  changes = cap_provider_form_compose (self->form);
  if (changes == NULL)
    return;

  g_variant_ref_sink (changes);
  set_busy (self, TRUE);
  cap_service_calls_set (cap_catalog_get_connection (self->catalog), "SetProvider",
                         g_variant_new ("(s@a{sv})", id, changes), self->cancellable, on_settings_stored,
                         g_object_ref (self));
}

/* keys */

static void
on_key_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapProviderDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = cap_service_calls_set_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree char *sentence = error != NULL ? cap_sentence_new (error->message) : NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  cap_settings_row_set_problem (self->key, sentence);
  if (!done)
    return;
  gtk_widget_set_visible (self->forget, FALSE);
  cap_settings_row_set_explanation (self->key, _("The key was removed from your keyring."));
  cap_catalog_refresh (self->catalog);
}

static void
on_forget (CapProviderDialog *self)
{
  cap_service_calls_set (cap_catalog_get_connection (self->catalog), "ClearKey",
                         g_variant_new ("(s)", self->id), self->cancellable, on_key_forgotten,
                         g_object_ref (self));
}

static const char *
explain_key (const char *state, const CapProviderPreset *preset)
{
  if (g_str_equal (state, "set"))
    return _("A key is stored in your keyring. Leave this field empty to keep it.");
  if (g_str_equal (state, "locked"))
    return _("Your keyring is locked and may contain a key. Leave this field empty to keep it.");
  if (g_str_equal (state, "command"))
    return _("A command provides access tokens; no key is needed.");

  return _(preset->key_help);
}

/* layout */

static void
show_preset (CapProviderDialog *self, const CapProviderPreset *preset)
{
  cap_provider_form_set_preset (self->form, preset);
  cap_settings_row_set_explanation (self->key, _(preset->key_help));
}

/* "openai", "openai-2", … */
static char *
find_free_name (CapProviderDialog *self, const char *wanted)
{
  GVariant *engines = cap_catalog_get_engines (self->catalog);
  g_autoptr (GVariant) known = cap_offers_find_engine (engines, wanted);

  for (guint i = 2; known != NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%u", wanted, i);
      g_autoptr (GVariant) other = cap_offers_find_engine (engines, name);

      if (other == NULL)
        return g_steal_pointer (&name);
    }

  return g_strdup (wanted);
}

static void
on_preset (CapChoiceButton *button, const char *id, CapProviderDialog *self)
{
  const CapProviderPreset *preset = cap_provider_preset_list ();
  g_autofree char *name = find_free_name (self, id);

  while (!g_str_equal (preset->id, id))
    preset++;
  gtk_editable_set_text (GTK_EDITABLE (cap_settings_row_get_control (self->name)), name);
  cap_settings_row_set_problem (self->name, NULL);
  show_preset (self, preset);
}

static GtkWidget *
new_preset_row (CapProviderDialog *self)
{
  GtkWidget *button = cap_choice_button_new ();
  g_autoptr (GListStore) choices = cap_choices_new ();

  for (const CapProviderPreset *preset = cap_provider_preset_list (); preset->id != NULL; preset++)
    cap_choices_add (choices, preset->id, _(preset->name), "");

  gtk_widget_set_name (button, "preset");
  cap_choice_button_set_choices (CAP_CHOICE_BUTTON (button), G_LIST_MODEL (choices));
  cap_choice_button_select (CAP_CHOICE_BUTTON (button), cap_provider_preset_list ()->id);
  g_signal_connect_object (button, "chosen", G_CALLBACK (on_preset), self, 0);
  return cap_settings_row_new (_("Prov_ider"), "", button);
}

static GtkWidget *
new_name_row (CapProviderDialog *self)
{
  GtkWidget *entry = gtk_entry_new ();
  g_autofree char *name = find_free_name (self, cap_provider_preset_list ()->id);

  gtk_widget_set_name (entry, "id");
  gtk_editable_set_text (GTK_EDITABLE (entry), name);
  cap_provider_form_set_entry_width (entry);
  gtk_entry_set_max_length (GTK_ENTRY (entry), 32);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  return cap_settings_row_new (_("_Name"), _("Identifies the service in lists and commands"), entry);
}

static void
add_identity (CapProviderDialog *self, GtkWidget *group)
{
  self->preset = CAP_SETTINGS_ROW (new_preset_row (self));
  self->name = CAP_SETTINGS_ROW (new_name_row (self));
  cap_settings_group_add (CAP_SETTINGS_GROUP (group), GTK_WIDGET (self->preset));
  cap_settings_group_add (CAP_SETTINGS_GROUP (group), GTK_WIDGET (self->name));
}

static void
add_key (CapProviderDialog *self, gboolean there)
{
  GtkWidget *group = cap_settings_group_new (_("Key"),
                                             _("Stored in your keyring and never displayed"));
  GtkWidget *entry = gtk_password_entry_new ();

  gtk_widget_set_name (entry, "key");
  cap_provider_form_set_entry_width (entry);
  g_object_set (entry, "activates-default", TRUE, NULL);
  self->key = CAP_SETTINGS_ROW (cap_settings_row_new (there ? _("New _key") : _("_Key"), "", entry));
  cap_settings_group_add (CAP_SETTINGS_GROUP (group), GTK_WIDGET (self->key));

  self->forget = gtk_button_new_with_mnemonic (_("Remo_ve Key"));
  gtk_widget_set_name (self->forget, "forget-key");
  gtk_widget_set_halign (self->forget, GTK_ALIGN_START);
  gtk_widget_set_visible (self->forget, FALSE);
  g_signal_connect_swapped (self->forget, "clicked", G_CALLBACK (on_forget), self);
  gtk_box_append (GTK_BOX (group), self->forget);
  cap_settings_page_add (CAP_SETTINGS_PAGE (self->page), group);
}

static GtkWidget *
new_buttons (CapProviderDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_("_Cancel"));

  self->save = gtk_button_new_with_mnemonic (self->id == NULL ? _("_Add") : _("_Save"));
  gtk_widget_set_name (self->save, "save");
  gtk_widget_set_name (cancel, "cancel");
  gtk_widget_add_css_class (self->save, "suggested-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);

  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_widget_add_css_class (box, "cap-buttons");
  gtk_box_append (GTK_BOX (box), cancel);
  gtk_box_append (GTK_BOX (box), self->save);
  return box;
}

static void
lay_out (CapProviderDialog *self, GVariant *settings)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *group = cap_settings_group_new (_("Service"), "");

  self->page = cap_settings_page_new ();
  gtk_widget_set_vexpand (self->page, TRUE);
  if (self->id == NULL)
    add_identity (self, group);
  self->form = CAP_PROVIDER_FORM (cap_provider_form_new (CAP_SETTINGS_GROUP (group), settings));
  cap_settings_page_add (CAP_SETTINGS_PAGE (self->page), group);
  add_key (self, self->id != NULL);
  cap_settings_page_add (CAP_SETTINGS_PAGE (self->page), GTK_WIDGET (self->form));

  self->problem = cap_settings_problem_new ();
  gtk_widget_set_name (self->problem, "dialog-problem");
  gtk_widget_add_css_class (self->problem, "cap-buttons");

  gtk_box_append (GTK_BOX (box), self->page);
  gtk_box_append (GTK_BOX (box), self->problem);
  gtk_box_append (GTK_BOX (box), new_buttons (self));
  gtk_window_set_child (GTK_WINDOW (self), box);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->save);
}

static void
show_engine (CapProviderDialog *self, GVariant *engine, GVariant *settings)
{
  const char *dialect = settings != NULL ? cap_offers_get_text (settings, "dialect") : "auto";
  const char *key = cap_offers_get_text (engine, "key");
  const CapProviderPreset *preset = cap_provider_preset_find (dialect);

  show_preset (self, preset);
  cap_settings_row_set_explanation (self->key, explain_key (key, preset));
  gtk_widget_set_visible (self->forget, g_str_equal (key, "set") || g_str_equal (key, "locked"));
}

/* public */

GtkWindow *
cap_provider_dialog_new (GtkWindow *parent, CapCatalog *catalog, const char *id)
{
  CapProviderDialog *self;
  g_autoptr (GVariant) engine = NULL;
  g_autoptr (GVariant) settings = NULL;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (CAP_IS_CATALOG (catalog), NULL);

  self = g_object_new (CAP_TYPE_PROVIDER_DIALOG, "transient-for", parent, "modal", TRUE,
                       "destroy-with-parent", TRUE, "default-width", 620,
                       "default-height", 560, NULL);
  if (id != NULL)
    engine = cap_offers_find_engine (cap_catalog_get_engines (catalog), id);
  self->catalog = g_object_ref (catalog);
  self->id = g_strdup (id);
  if (engine != NULL)
    settings = g_variant_lookup_value (engine, "provider", G_VARIANT_TYPE_VARDICT);

  lay_out (self, settings);
  if (engine != NULL)
    show_engine (self, engine, settings);
  else
    show_preset (self, cap_provider_preset_list ());

  gtk_window_set_title (GTK_WINDOW (self), id != NULL ? id : _("Add a Speech Service"));
  return GTK_WINDOW (self);
}
