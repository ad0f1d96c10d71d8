/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/settings-window.h"
#include "overlay/service/catalog.h"
#include "overlay/settings/model-hint.h"
#include "overlay/settings/settings-captions.h"
#include "overlay/settings/settings-look.h"
#include "overlay/settings/settings-models.h"
#include "overlay/settings/settings-page.h"
#include "overlay/settings/settings-place.h"
#include "overlay/settings/settings-services.h"

#include <glib/gi18n.h>

/* Plain GTK, because libadwaita would bring the colours and title bars of GNOME to
 * every desktop, and a dependency. The desktop draws the title bar. */

#define CAP_TYPE_SETTINGS_WINDOW (cap_settings_window_get_type ())
G_DECLARE_FINAL_TYPE (CapSettingsWindow, cap_settings_window, CAP, SETTINGS_WINDOW, GtkApplicationWindow)

struct _CapSettingsWindow
{
  GtkApplicationWindow parent_instance;

  CapCatalog *catalog;
  CapModelJobs *models;
  GtkWidget *stack;
  GtkWidget *problem_box;
  GtkWidget *problem;
};

G_DEFINE_FINAL_TYPE (CapSettingsWindow, cap_settings_window, GTK_TYPE_APPLICATION_WINDOW)

/* lifecycle */

static void
cap_settings_window_dispose (GObject *object)
{
  CapSettingsWindow *self = CAP_SETTINGS_WINDOW (object);

  /* Disposing of a page sends a number that the user has just changed, and needs
   * the catalog. */
  G_OBJECT_CLASS (cap_settings_window_parent_class)->dispose (object);

  if (self->catalog != NULL)
    cap_catalog_close (self->catalog);
  g_clear_object (&self->catalog);
  g_clear_object (&self->models);
}

static void
cap_settings_window_class_init (CapSettingsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cap_settings_window_dispose;

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
}

static void
cap_settings_window_init (CapSettingsWindow *self)
{
}

/* callbacks */

static void
on_problem (CapCatalog *catalog, CapSettingsWindow *self)
{
  const char *problem = cap_catalog_get_problem (catalog);

  cap_settings_problem_set (self->problem, problem);
  gtk_widget_set_visible (self->problem_box, problem != NULL);
}

static void
on_try_again (CapSettingsWindow *self)
{
  cap_catalog_refresh (self->catalog);
  cap_catalog_refresh_sources (self->catalog);
}

/* Another program, such as captionctl, may have changed the defaults. */
static void
on_active (CapSettingsWindow *self)
{
  if (!gtk_window_is_active (GTK_WINDOW (self)))
    return;

  cap_catalog_refresh (self->catalog);
  cap_catalog_refresh_sources (self->catalog);
}

/* Running captions change over to the new defaults. Captions that are off stay off,
 * and a joined stream does not change. */
static void
on_applied (CapCatalog *catalog, GVariant *changes, CapSubscription *subscription)
{
  gboolean of_streams = g_variant_n_children (changes) > 1
                        || !g_variant_lookup (changes, "daily-minutes", "u", NULL);

  if (of_streams && !cap_subscription_is_joined (subscription)
      && !g_str_equal (cap_subscription_get_state (subscription)->state, "closed"))
    cap_subscription_open (subscription);
}

static void
on_show_models (CapSettingsWindow *self)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "models");
}

/* layout */

static GtkWidget *
new_problem_box (CapSettingsWindow *self)
{
  GtkWidget *again = gtk_button_new_with_mnemonic (_("Tr_y Again"));

  self->problem_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->problem = cap_settings_problem_new ();
  gtk_widget_set_name (self->problem, "service-problem");
  gtk_widget_set_hexpand (self->problem, TRUE);
  gtk_widget_set_name (again, "try-again");
  gtk_widget_set_valign (again, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->problem_box, "cap-problem-box");
  gtk_widget_set_visible (self->problem_box, FALSE);
  g_signal_connect_swapped (again, "clicked", G_CALLBACK (on_try_again), self);
  gtk_box_append (GTK_BOX (self->problem_box), self->problem);
  gtk_box_append (GTK_BOX (self->problem_box), again);
  return self->problem_box;
}

static GtkWidget *
new_hint (CapSettingsWindow *self, GSettings *settings)
{
  GtkWidget *hint = cap_model_hint_new (self->catalog, self->models, settings);

  g_signal_connect_object (hint, "show-models", G_CALLBACK (on_show_models), self, G_CONNECT_SWAPPED);
  return hint;
}

static void
lay_out (CapSettingsWindow *self, CapSubscription *subscription, GSettings *settings)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *side = gtk_stack_sidebar_new ();
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkStack *stack = GTK_STACK (gtk_stack_new ());

  self->stack = GTK_WIDGET (stack);
  gtk_stack_set_hhomogeneous (stack, TRUE);
  gtk_stack_add_titled (stack, cap_settings_captions_new (self->catalog, subscription), "captions",
                        _("Captions"));
  gtk_stack_add_titled (stack, cap_settings_services_new (self->catalog), "services", _("Speech Services"));
  gtk_stack_add_titled (stack, cap_settings_models_new (self->catalog, self->models), "models", _("Models"));
  gtk_stack_add_titled (stack, cap_settings_look_new (settings), "look", _("Appearance"));
  gtk_stack_add_titled (stack, cap_settings_place_new (settings), "place", _("Position"));
  gtk_stack_sidebar_set_stack (GTK_STACK_SIDEBAR (side), stack);

  gtk_widget_set_hexpand (content, TRUE);
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_box_append (GTK_BOX (content), new_problem_box (self));
  gtk_box_append (GTK_BOX (content), new_hint (self, settings));
  gtk_box_append (GTK_BOX (content), self->stack);
  gtk_box_append (GTK_BOX (line), side);
  gtk_box_append (GTK_BOX (line), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (line), content);
  gtk_window_set_child (GTK_WINDOW (self), line);
}

/* public */

GtkWindow *
cap_settings_window_new (GtkApplication *application,
                         GDBusConnection *connection,
                         CapSubscription *subscription,
                         CapModelJobs *models,
                         GSettings *settings)
{
  CapSettingsWindow *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (CAP_IS_SUBSCRIPTION (subscription), NULL);
  g_return_val_if_fail (CAP_IS_MODEL_JOBS (models), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (CAP_TYPE_SETTINGS_WINDOW, "application", application,
                       "title", _("Captions Settings"),
                       "default-width", 780, "default-height", 580, NULL);
  self->catalog = cap_catalog_new (connection);
  self->models = g_object_ref (models);
  cap_settings_style_load (gtk_widget_get_display (GTK_WIDGET (self)));
  lay_out (self, subscription, settings);

  g_signal_connect_object (self->catalog, "changed::problem", G_CALLBACK (on_problem), self, 0);
  g_signal_connect_object (self->catalog, "applied", G_CALLBACK (on_applied), subscription, 0);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (on_active), NULL);
  cap_catalog_refresh (self->catalog);
  return GTK_WINDOW (self);
}
