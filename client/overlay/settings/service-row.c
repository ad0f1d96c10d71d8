/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/service-row.h"
#include "overlay/service/offers.h"
#include "overlay/settings/settings-page.h"

#include <glib/gi18n.h>

struct _CapServiceRow
{
  GtkBox parent_instance;

  char *id;
  char *shown_name;
  GtkWidget *name;
  GtkWidget *problem;
};

enum
{
  SIGNAL_USE,
  SIGNAL_EDIT,
  SIGNAL_REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapServiceRow, cap_service_row, GTK_TYPE_BOX)

/* lifecycle */

static void
cap_service_row_finalize (GObject *object)
{
  g_free (CAP_SERVICE_ROW (object)->id);
  g_free (CAP_SERVICE_ROW (object)->shown_name);

  G_OBJECT_CLASS (cap_service_row_parent_class)->finalize (object);
}

static guint
add_signal (CapServiceRowClass *klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cap_service_row_class_init (CapServiceRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_service_row_finalize;

  signals[SIGNAL_USE] = add_signal (klass, "use");
  signals[SIGNAL_EDIT] = add_signal (klass, "edit");
  signals[SIGNAL_REMOVE] = add_signal (klass, "remove");

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "cap-row");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
cap_service_row_init (CapServiceRow *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 2);
}

/* texts */

static char *
say_where (GVariant *engine, gboolean used)
{
  g_autofree char *host = cap_offers_dup_text (engine, "host");

  if (*host == '\0')
    return g_strdup (used ? _("Used for captions. Audio stays on this computer.")
                          : _("Audio stays on this computer."));
  if (used)
    return g_strdup_printf (_("Used for captions. Audio leaves this computer: it is sent to %s."),
                            host);

  return g_strdup_printf (_("With this service, audio leaves this computer: it is sent to %s."), host);
}

static char *
say_state (GVariant *engine)
{
  const char *key = cap_offers_get_text (engine, "key");
  g_autofree char *reason = cap_offers_dup_text (engine, "reason");

  if (!cap_offers_is_ready (engine))
    return g_strdup_printf (_("Not ready: %s"), reason);
  if (g_str_equal (key, "set"))
    return g_strdup (_("Ready. Its key is in your keyring."));
  if (g_str_equal (key, "locked"))
    return g_strdup (_("Ready. Your keyring is locked; you will be asked to unlock it."));
  if (g_str_equal (key, "command"))
    return g_strdup (_("Ready. A command provides its access tokens."));

  return g_strdup (_("Ready."));
}

static void
add_text (CapServiceRow *self, char *taken, const char *css_class)
{
  g_autofree char *text = taken;
  GtkWidget *label = cap_settings_text_new (text);

  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (self), label);
}

/* buttons */

static void
on_use (CapServiceRow *self)
{
  g_signal_emit (self, signals[SIGNAL_USE], 0);
}

static void
on_edit (CapServiceRow *self)
{
  g_signal_emit (self, signals[SIGNAL_EDIT], 0);
}

static void
on_remove (CapServiceRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

/* @spoken: label for screen readers, with the name of the service */
static GtkWidget *
add_button (CapServiceRow *self, GtkWidget *box, const char *name, const char *label, const char *spoken,
            GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  g_autofree char *sentence = g_strdup_printf (spoken, self->shown_name);

  /* Without the service: GLib keeps each name for ever. */
  gtk_widget_set_name (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
add_buttons (CapServiceRow *self, gboolean used, gboolean provider)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_widget_set_margin_top (box, 6);
  if (!used)
    add_button (self, box, "use", _("Use"), _("Use %s for captions"), G_CALLBACK (on_use));
  if (provider)
    {
      add_button (self, box, "edit", _("Edit…"), _("Edit %s"), G_CALLBACK (on_edit));
      add_button (self, box, "remove", _("Remove…"), _("Remove %s"), G_CALLBACK (on_remove));
    }

  gtk_widget_set_visible (box, gtk_widget_get_first_child (box) != NULL);
  gtk_box_append (GTK_BOX (self), box);
}

/* public */

GtkWidget *
cap_service_row_new (GVariant *engine, gboolean used)
{
  CapServiceRow *self = g_object_new (CAP_TYPE_SERVICE_ROW, NULL);
  gboolean provider = g_str_equal (cap_offers_get_text (engine, "kind"), "realtime");

  self->id = g_strdup (cap_offers_get_text (engine, "id"));
  self->shown_name = cap_offers_name_engine (engine);
  add_text (self, g_strdup (self->shown_name), "cap-heading");
  add_text (self, say_where (engine, used), "cap-detail");
  add_text (self, say_state (engine), "cap-detail");
  add_buttons (self, used, provider);
  self->problem = cap_settings_problem_new ();
  gtk_box_append (GTK_BOX (self), self->problem);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  gtk_widget_get_first_child (GTK_WIDGET (self)), NULL, -1);
  return GTK_WIDGET (self);
}

const char *
cap_service_row_get_id (CapServiceRow *self)
{
  g_return_val_if_fail (CAP_IS_SERVICE_ROW (self), NULL);

  return self->id;
}

void
cap_service_row_set_problem (CapServiceRow *self, const char *sentence)
{
  g_return_if_fail (CAP_IS_SERVICE_ROW (self));

  cap_settings_problem_set (self->problem, sentence);
}
