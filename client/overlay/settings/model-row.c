/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/model-row.h"
#include "overlay/service/model-facts.h"
#include "overlay/service/offers.h"
#include "overlay/settings/settings-page.h"

#include <glib/gi18n.h>

struct _CapModelRow
{
  GtkBox parent_instance;

  char *id;
  GtkWidget *name;
  GtkWidget *languages;
  GtkWidget *size;
  GtkWidget *errors;
  GtkWidget *state;
  GtkWidget *progress;
  GtkWidget *install, *remove, *cancel;
  GtkWidget *problem;
};

enum
{
  SIGNAL_INSTALL,
  SIGNAL_REMOVE,
  SIGNAL_CANCEL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapModelRow, cap_model_row, GTK_TYPE_BOX)

/* lifecycle */

static void
cap_model_row_finalize (GObject *object)
{
  g_free (CAP_MODEL_ROW (object)->id);

  G_OBJECT_CLASS (cap_model_row_parent_class)->finalize (object);
}

static guint
add_signal (CapModelRowClass *klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cap_model_row_class_init (CapModelRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_model_row_finalize;

  signals[SIGNAL_INSTALL] = add_signal (klass, "install");
  signals[SIGNAL_REMOVE] = add_signal (klass, "remove");
  signals[SIGNAL_CANCEL] = add_signal (klass, "cancel");

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "cap-row");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
cap_model_row_init (CapModelRow *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 2);
}

/* private */

/* Takes @text, and hides the label if that is "". */
static void
set_text (GtkWidget *label, char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_visible (label, *text != '\0');
  g_free (text);
}

/* @spoken: label for screen readers, with the name of the model */
static void
set_button (GtkWidget *button, gboolean shown, const char *label, char *spoken)
{
  gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_set_visible (button, shown);
  g_free (spoken);
}

static const char *
name_installation (GVariant *model)
{
  if (cap_model_facts_is (model, "damaged"))
    return _("Install Again…");

  return cap_model_facts_get_flag (model, "update") ? _("Update…") : _("Install…");
}

/* A model that cannot be used here is not worth a download. */
static gboolean
can_install (GVariant *model)
{
  return cap_model_facts_is (model, "damaged") || cap_model_facts_get_flag (model, "update")
         || (cap_model_facts_is (model, "available") && cap_model_facts_get_flag (model, "usable"));
}

static gboolean
can_remove (GVariant *model)
{
  return (cap_model_facts_is (model, "installed") || cap_model_facts_is (model, "damaged"))
         && !cap_model_facts_get_flag (model, "system");
}

static void
update_buttons (CapModelRow *self, GVariant *model, gboolean busy)
{
  g_autofree char *name = cap_offers_dup_text (model, "name");

  set_button (self->install, !busy && can_install (model), name_installation (model),
              g_strdup_printf (_("Install %s"), name));
  set_button (self->remove, !busy && can_remove (model), _("Remove…"),
              g_strdup_printf (_("Remove %s"), name));
  set_button (self->cancel, busy, _("Cancel"), g_strdup_printf (_("Cancel the work on %s"), name));
}

static gboolean
has_focus (CapModelRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self));
}

/* The button that had the focus may be hidden now. */
static void
refocus (CapModelRow *self)
{
  GtkWidget *const buttons[] = { self->install, self->remove, self->cancel };

  for (gsize i = 0; i < G_N_ELEMENTS (buttons); i++)
    if (gtk_widget_get_visible (buttons[i]))
      {
        gtk_widget_grab_focus (buttons[i]);
        return;
      }
}

/* callbacks */

static void
on_install (CapModelRow *self)
{
  g_signal_emit (self, signals[SIGNAL_INSTALL], 0);
}

static void
on_remove (CapModelRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

static void
on_cancel (CapModelRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CANCEL], 0);
}

/* layout */

static GtkWidget *
add_text (GtkWidget *box, const char *css_class)
{
  GtkWidget *label = cap_settings_text_new ("");

  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkWidget *
new_texts (CapModelRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_widget_set_hexpand (box, TRUE);
  self->name = add_text (box, "cap-heading");
  self->languages = add_text (box, "cap-detail");
  self->size = add_text (box, "cap-detail");
  self->errors = add_text (box, "cap-detail");
  self->state = add_text (box, "cap-detail");
  return box;
}

static GtkWidget *
add_button (CapModelRow *self, GtkWidget *box, const char *name, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label ("");

  /* Without the model: GLib keeps each name for ever. */
  gtk_widget_set_name (button, name);
  gtk_widget_set_visible (button, FALSE);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static GtkWidget *
new_buttons (CapModelRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  self->install = add_button (self, box, "model-install", G_CALLBACK (on_install));
  self->remove = add_button (self, box, "model-remove", G_CALLBACK (on_remove));
  self->cancel = add_button (self, box, "model-cancel", G_CALLBACK (on_cancel));
  return box;
}

static void
add_progress (CapModelRow *self)
{
  self->progress = gtk_progress_bar_new ();
  gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (self->progress), TRUE);
  gtk_widget_set_margin_top (self->progress, 6);
  gtk_widget_set_visible (self->progress, FALSE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  self->name, NULL, -1);
  gtk_box_append (GTK_BOX (self), self->progress);
}

/* public */

GtkWidget *
cap_model_row_new (const char *id)
{
  CapModelRow *self;
  GtkWidget *line;

  g_return_val_if_fail (id != NULL, NULL);

  self = g_object_new (CAP_TYPE_MODEL_ROW, NULL);
  self->id = g_strdup (id);
  line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  gtk_box_append (GTK_BOX (line), new_texts (self));
  gtk_box_append (GTK_BOX (line), new_buttons (self));
  gtk_box_append (GTK_BOX (self), line);
  add_progress (self);
  self->problem = cap_settings_problem_new ();
  gtk_box_append (GTK_BOX (self), self->problem);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  self->name, NULL, -1);
  return GTK_WIDGET (self);
}

const char *
cap_model_row_get_id (CapModelRow *self)
{
  g_return_val_if_fail (CAP_IS_MODEL_ROW (self), NULL);

  return self->id;
}

void
cap_model_row_update (CapModelRow *self, CapModelJobs *jobs)
{
  g_autoptr (GVariant) model = NULL;
  CapModelProgress progress;
  gboolean busy, focused;

  g_return_if_fail (CAP_IS_MODEL_ROW (self));
  g_return_if_fail (CAP_IS_MODEL_JOBS (jobs));

  model = cap_model_facts_find (cap_model_jobs_get_list (jobs), self->id);
  if (model == NULL)
    return;

  busy = cap_model_jobs_get_progress (jobs, self->id, &progress);
  focused = has_focus (self);
  set_text (self->name, cap_offers_dup_text (model, "name"));
  set_text (self->languages, cap_model_facts_say_languages (model));
  set_text (self->size, cap_model_facts_say_size (cap_model_jobs_get_list (jobs), model));
  set_text (self->errors, cap_model_facts_say_errors (model));
  set_text (self->state, busy ? g_strdup ("") : cap_model_facts_say_state (model));
  update_buttons (self, model, busy);
  cap_settings_problem_set (self->problem, cap_model_jobs_get_failure (jobs, self->id));
  cap_model_row_update_progress (self, jobs);
  if (focused)
    refocus (self);
}

void
cap_model_row_update_progress (CapModelRow *self, CapModelJobs *jobs)
{
  GtkProgressBar *bar;
  CapModelProgress progress = { "" };
  g_autofree char *text = NULL;
  gboolean busy;
  double share;

  g_return_if_fail (CAP_IS_MODEL_ROW (self));
  g_return_if_fail (CAP_IS_MODEL_JOBS (jobs));

  bar = GTK_PROGRESS_BAR (self->progress);
  busy = cap_model_jobs_get_progress (jobs, self->id, &progress);
  gtk_widget_set_visible (self->progress, busy);
  text = progress.removal && *progress.stage == '\0'
             ? g_strdup (_("Removing…"))
             : cap_model_facts_say_progress (progress.stage, progress.done, progress.total);
  gtk_progress_bar_set_text (bar, text);
  share = progress.total > 0 ? (double) MIN (progress.done, progress.total) / progress.total : 0;
  gtk_progress_bar_set_fraction (bar, share);
}
