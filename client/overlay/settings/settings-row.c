/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/settings-row.h"
#include "overlay/settings/choice-button.h"
#include "overlay/settings/settings-page.h"

struct _CapSettingsRow
{
  GtkBox parent_instance;

  GtkWidget *title;
  GtkWidget *explanation;
  GtkWidget *problem;
  GtkWidget *control;
};

G_DEFINE_FINAL_TYPE (CapSettingsRow, cap_settings_row, GTK_TYPE_BOX)

/* lifecycle */

static void
cap_settings_row_class_init (CapSettingsRowClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "cap-row");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
cap_settings_row_init (CapSettingsRow *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);

  self->title = cap_settings_text_new ("");
  self->explanation = cap_settings_text_new ("");
  gtk_widget_add_css_class (self->explanation, "cap-detail");
  self->problem = cap_settings_problem_new ();
}

/* private */

/* Buttons for colours and fonts contain another button, which takes the focus and
 * which screen readers read. An entry itself represents the text widget in it. */
static GtkWidget *
find_focusable (GtkWidget *widget)
{
  GtkWidget *found = NULL;

  if (gtk_widget_get_focusable (widget) || GTK_IS_EDITABLE (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_focusable (child);

  return found;
}

/* The widget that the labels describe. */
static GtkAccessible *
get_target (CapSettingsRow *self)
{
  if (CAP_IS_CHOICE_BUTTON (self->control))
    return GTK_ACCESSIBLE (cap_choice_button_get_target (CAP_CHOICE_BUTTON (self->control)));

  return GTK_ACCESSIBLE (find_focusable (self->control));
}

static void
set_name (CapSettingsRow *self, GtkAccessible *named)
{
  gtk_accessible_update_relation (named, GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->title, NULL, -1);
}

static void
describe_control (CapSettingsRow *self)
{
  GtkAccessible *target = get_target (self);

  gtk_label_set_mnemonic_widget (GTK_LABEL (self->title), GTK_WIDGET (target));
  gtk_accessible_update_relation (target, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->explanation, self->problem, NULL, -1);
  set_name (self, GTK_ACCESSIBLE (self));
  if (GTK_IS_BUTTON (self->control))
    return;
  set_name (self, target);
  if (CAP_IS_CHOICE_BUTTON (self->control))
    set_name (self, GTK_ACCESSIBLE (find_focusable (GTK_WIDGET (target))));
}

static void
lay_out (CapSettingsRow *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (texts), self->title);
  gtk_box_append (GTK_BOX (texts), self->explanation);
  gtk_widget_set_valign (self->control, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), texts);
  gtk_box_append (GTK_BOX (line), self->control);
  gtk_box_append (GTK_BOX (self), line);
  gtk_box_append (GTK_BOX (self), self->problem);
}

/* public */

GtkWidget *
cap_settings_row_new (const char *title, const char *explanation, GtkWidget *control)
{
  CapSettingsRow *self;

  g_return_val_if_fail (title != NULL, NULL);
  g_return_val_if_fail (explanation != NULL, NULL);
  g_return_val_if_fail (GTK_IS_WIDGET (control), NULL);

  self = g_object_new (CAP_TYPE_SETTINGS_ROW, NULL);
  self->control = control;
  cap_settings_row_set_title (self, title);
  cap_settings_row_set_explanation (self, explanation);
  lay_out (self);
  describe_control (self);
  return GTK_WIDGET (self);
}

GtkWidget *
cap_settings_row_get_control (CapSettingsRow *self)
{
  g_return_val_if_fail (CAP_IS_SETTINGS_ROW (self), NULL);

  return self->control;
}

void
cap_settings_row_set_title (CapSettingsRow *self, const char *title)
{
  g_return_if_fail (CAP_IS_SETTINGS_ROW (self));
  g_return_if_fail (title != NULL);

  gtk_label_set_text_with_mnemonic (GTK_LABEL (self->title), title);
}

void
cap_settings_row_set_explanation (CapSettingsRow *self, const char *explanation)
{
  g_return_if_fail (CAP_IS_SETTINGS_ROW (self));
  g_return_if_fail (explanation != NULL);

  gtk_label_set_text (GTK_LABEL (self->explanation), explanation);
  gtk_widget_set_visible (self->explanation, *explanation != '\0');
}

void
cap_settings_row_set_problem (CapSettingsRow *self, const char *sentence)
{
  g_return_if_fail (CAP_IS_SETTINGS_ROW (self));

  cap_settings_problem_set (self->problem, sentence);
  gtk_accessible_update_state (get_target (self), GTK_ACCESSIBLE_STATE_INVALID,
                               sentence != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}
