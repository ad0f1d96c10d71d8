/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/settings-services.h"
#include "overlay/service/offers.h"
#include "overlay/service/service-calls.h"
#include "overlay/settings/provider-dialog.h"
#include "overlay/settings/service-row.h"
#include "overlay/text/sentence.h"

#include <glib/gi18n.h>

/* For the name of a service: twice the maximum that the service allows. */
#define MAX_NAME_COLUMNS 64

struct _CapSettingsServices
{
  CapSettingsPage parent_instance;

  CapCatalog *catalog;
  CapSettingsGroup *list;

  /* the contents of the list */
  GVariant *engines;
  char *used;
};

G_DEFINE_FINAL_TYPE (CapSettingsServices, cap_settings_services, CAP_TYPE_SETTINGS_PAGE)

/* lifecycle */

static void
cap_settings_services_dispose (GObject *object)
{
  g_clear_object (&CAP_SETTINGS_SERVICES (object)->catalog);

  G_OBJECT_CLASS (cap_settings_services_parent_class)->dispose (object);
}

static void
cap_settings_services_finalize (GObject *object)
{
  CapSettingsServices *self = CAP_SETTINGS_SERVICES (object);

  g_clear_pointer (&self->engines, g_variant_unref);
  g_free (self->used);

  G_OBJECT_CLASS (cap_settings_services_parent_class)->finalize (object);
}

static void
cap_settings_services_class_init (CapSettingsServicesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_settings_services_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_settings_services_finalize;
}

static void
cap_settings_services_init (CapSettingsServices *self)
{
}

/* from the user to the service */

static GtkWindow *
get_window (CapSettingsServices *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
show_result (CapServiceRow *row, const GError *error)
{
  g_autofree char *key = NULL;
  g_autofree char *sentence = error != NULL ? cap_sentence_split (error->message, &key) : NULL;

  cap_service_row_set_problem (row, sentence);
}

static void
on_used (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapServiceRow) row = user_data;
  g_autoptr (GError) error = NULL;

  cap_catalog_set_defaults_finish (CAP_CATALOG (source), result, &error);
  show_result (row, error);
}

static void
on_use (CapServiceRow *row, CapSettingsServices *self)
{
  cap_catalog_set_defaults (self->catalog,
                            cap_offers_choose_engine (cap_catalog_get_engines (self->catalog),
                                                      cap_service_row_get_id (row),
                                                      cap_catalog_get_default (self->catalog, "language")),
                            on_used, g_object_ref (row));
}

static void
on_edit (CapServiceRow *row, CapSettingsServices *self)
{
  gtk_window_present (cap_provider_dialog_new (get_window (self), self->catalog,
                                               cap_service_row_get_id (row)));
}

static void
on_add (CapSettingsServices *self)
{
  gtk_window_present (cap_provider_dialog_new (get_window (self), self->catalog, NULL));
}

/* A removal that the user has to confirm. */
typedef struct
{
  CapCatalog *catalog;
  CapServiceRow *row;
} Removal;

static Removal *
removal_new (CapCatalog *catalog, CapServiceRow *row)
{
  Removal *self = g_new0 (Removal, 1);

  self->catalog = g_object_ref (catalog);
  self->row = g_object_ref (row);
  return self;
}

static void
removal_free (Removal *self)
{
  g_object_unref (self->catalog);
  g_object_unref (self->row);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static void
removal_free_closure (gpointer data, GClosure *closure)
{
  removal_free (data);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Removal) self = user_data;
  g_autoptr (GError) error = NULL;

  cap_service_calls_set_finish (G_DBUS_CONNECTION (source), result, &error);
  if (g_cancellable_is_cancelled (cap_catalog_get_cancellable (self->catalog)))
    return;

  show_result (self->row, error);
  cap_catalog_refresh (self->catalog);
}

static void
on_answer (GtkDialog *dialog, int answer, Removal *removal)
{
  CapCatalog *catalog = removal->catalog;

  if (answer == GTK_RESPONSE_ACCEPT)
    cap_service_calls_set (cap_catalog_get_connection (catalog), "RemoveProvider",
                           g_variant_new ("(s)", cap_service_row_get_id (removal->row)),
                           cap_catalog_get_cancellable (catalog), on_removed,
                           removal_new (catalog, removal->row));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
on_remove (CapServiceRow *row, CapSettingsServices *self)
{
  const char *id = cap_service_row_get_id (row);
  g_autofree char *shown = cap_sentence_cut (id, MAX_NAME_COLUMNS);
  gboolean used = g_str_equal (id, cap_catalog_get_default (self->catalog, "engine"));
  GtkWidget *dialog = gtk_message_dialog_new (get_window (self),
                                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                              GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE,
                                              _("Remove “%s”?"), shown);
  GtkWidget *remove;

  gtk_message_dialog_format_secondary_text (
      GTK_MESSAGE_DIALOG (dialog), "%s",
      used ? _("Its settings and its key will be deleted. "
               "Captions continue with the local engine on this computer.")
           : _("Its settings and its key will be deleted."));
  gtk_dialog_add_button (GTK_DIALOG (dialog), _("_Cancel"), GTK_RESPONSE_CANCEL);
  remove = gtk_dialog_add_button (GTK_DIALOG (dialog), _("_Remove"), GTK_RESPONSE_ACCEPT);
  gtk_widget_set_name (remove, "confirm-remove");
  gtk_widget_add_css_class (remove, "destructive-action");
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);

  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer), removal_new (self->catalog, row),
                         removal_free_closure, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* from the service to the list */

static void
add_row (CapSettingsServices *self, GVariant *engine)
{
  gboolean used = g_str_equal (cap_offers_get_text (engine, "id"), self->used);
  GtkWidget *row = cap_service_row_new (engine, used);

  g_signal_connect_object (row, "use", G_CALLBACK (on_use), self, 0);
  g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), self, 0);
  g_signal_connect_object (row, "remove", G_CALLBACK (on_remove), self, 0);
  cap_settings_group_add (self->list, row);
}

/* The engine in use is always in the list. */
static void
add_rows (CapSettingsServices *self)
{
  gsize n = g_variant_n_children (self->engines);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) engine = g_variant_get_child_value (self->engines, i);

      if (i < CAP_OFFERS_MAX_ENGINES || g_str_equal (cap_offers_get_text (engine, "id"), self->used))
        add_row (self, engine);
    }
}

static GtkWidget *
find_named (GtkWidget *widget, const char *name)
{
  GtkWidget *found = NULL;

  if (g_str_equal (gtk_widget_get_name (widget), name))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_named (child, name);

  return found;
}

/* The rows are new; the keyboard focus returns to where it was. */
static void
refocus (CapSettingsServices *self, const char *name)
{
  const char *const others[] = { "use-", "edit-" };
  const char *id = strchr (name, '-');
  GtkWidget *button = find_named (GTK_WIDGET (self->list), name);

  for (guint i = 0; button == NULL && id != NULL && i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *other = g_strconcat (others[i], id + 1, NULL);

      button = find_named (GTK_WIDGET (self->list), other);
    }

  if (button == NULL)
    button = find_named (GTK_WIDGET (self), "add-service");
  if (button != NULL)
    gtk_widget_grab_focus (button);
}

static char *
get_focused_name (CapSettingsServices *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list))
             ? g_strdup (gtk_widget_get_name (focus)) : NULL;
}

static void
explain (CapSettingsServices *self)
{
  g_autoptr (GVariant) local = cap_offers_find_engine (self->engines, "local");
  g_autofree char *languages = cap_offers_say_languages (local);
  const char *more = _("A model brings more languages or fewer mistakes. So does a speech service, but audio is "
                       "sent to it. Adding a service does not send anything.");
  g_autofree char *known =
    /* Translators: names of languages, such as “English, German and 5 more”. */
    g_strdup_printf (_("Without a network, this computer recognises speech in %s."), languages);
  g_autofree char *whole = g_strjoin (" ", known, more, NULL);

  cap_settings_group_set_explanation (self->list, *languages != '\0' ? whole : more);
}

static void
on_changed (CapCatalog *catalog, CapSettingsServices *self)
{
  GVariant *engines = cap_catalog_get_engines (catalog);
  const char *used = cap_catalog_get_default (catalog, "engine");
  g_autofree char *focused = NULL;

  if (engines == NULL)
    return;
  if (self->engines != NULL && g_variant_equal (engines, self->engines) && g_str_equal (used, self->used))
    return;

  g_clear_pointer (&self->engines, g_variant_unref);
  self->engines = g_variant_ref (engines);
  g_free (self->used);
  self->used = g_strdup (used);

  explain (self);
  focused = get_focused_name (self);
  cap_settings_group_remove_all (self->list);
  add_rows (self);
  if (focused != NULL)
    refocus (self, focused);
}

/* public */

GtkWidget *
cap_settings_services_new (CapCatalog *catalog)
{
  CapSettingsServices *self;
  GtkWidget *add;

  g_return_val_if_fail (CAP_IS_CATALOG (catalog), NULL);

  self = g_object_new (CAP_TYPE_SETTINGS_SERVICES, NULL);
  add = gtk_button_new_with_mnemonic (_("_Add a Speech Service…"));
  self->catalog = g_object_ref (catalog);
  self->list = CAP_SETTINGS_GROUP (cap_settings_group_new (_("Speech recognition"), ""));
  explain (self);
  cap_settings_page_add (CAP_SETTINGS_PAGE (self), GTK_WIDGET (self->list));

  gtk_widget_set_name (add, "add-service");
  gtk_widget_set_halign (add, GTK_ALIGN_START);
  g_signal_connect_object (add, "clicked", G_CALLBACK (on_add), self, G_CONNECT_SWAPPED);
  cap_settings_page_add (CAP_SETTINGS_PAGE (self), add);

  g_signal_connect_object (catalog, "changed::defaults", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (catalog, "changed::engines", G_CALLBACK (on_changed), self, 0);
  on_changed (catalog, self);
  return GTK_WIDGET (self);
}
