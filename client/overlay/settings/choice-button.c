/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/choice-button.h"

/* Limits, in characters, that let a window of 800 pixels hold long names in large
 * print. */
#define MIN_CHARS 10
#define MAX_CHARS 28
#define MAX_LIST_CHARS 34

struct _CapChoiceButton
{
  GtkWidget parent_instance;

  GtkDropDown *drop_down;
  gulong handler;
  int list_chars; /* width of the list */
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapChoiceButton, cap_choice_button, GTK_TYPE_WIDGET)

static void set_factories (CapChoiceButton *self);
static void on_selected (GtkDropDown *drop_down, GParamSpec *pspec, CapChoiceButton *self);
static void on_selected_item (GtkDropDown *drop_down, GParamSpec *pspec, gpointer user_data);
static gboolean cap_choice_button_grab_focus (GtkWidget *widget);

/* lifecycle */

static void
cap_choice_button_dispose (GObject *object)
{
  CapChoiceButton *self = CAP_CHOICE_BUTTON (object);
  GtkWidget *drop_down = GTK_WIDGET (self->drop_down);

  self->drop_down = NULL;
  g_clear_pointer (&drop_down, gtk_widget_unparent);

  G_OBJECT_CLASS (cap_choice_button_parent_class)->dispose (object);
}

static void
cap_choice_button_class_init (CapChoiceButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cap_choice_button_dispose;
  widget_class->grab_focus = cap_choice_button_grab_focus;

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_NONE);
}

static void
cap_choice_button_init (CapChoiceButton *self)
{
  g_autoptr (GListStore) nothing = cap_choices_new ();
  GtkExpression *name = gtk_property_expression_new (CAP_TYPE_CHOICE, NULL, "name");

  self->drop_down = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&nothing)), name));
  gtk_widget_set_parent (GTK_WIDGET (self->drop_down), GTK_WIDGET (self));
  set_factories (self);
  g_signal_connect (self->drop_down, "notify::selected-item", G_CALLBACK (on_selected_item), NULL);
  self->handler = g_signal_connect (self->drop_down, "notify::selected", G_CALLBACK (on_selected), self);
}

/* items of the button and of its list */

static GtkWidget *
new_label (int max_chars)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), max_chars);
  return label;
}

static void
on_button_item_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = new_label (MAX_CHARS);

  gtk_label_set_width_chars (GTK_LABEL (label), MIN_CHARS);
  gtk_list_item_set_child (item, label);
}

static void
on_button_item_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  CapChoice *choice = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), cap_choice_get_name (choice));
}

static void
on_list_item_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = new_label (MAX_LIST_CHARS);
  GtkWidget *detail = new_label (MAX_LIST_CHARS);
  GtkWidget *mark = g_object_new (GTK_TYPE_IMAGE, "icon-name", "object-select-symbolic",
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_widget_add_css_class (detail, "cap-detail");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), name);
  gtk_box_append (GTK_BOX (texts), detail);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_list_item_set_child (item, box);
}

static void
show_mark (GtkDropDown *drop_down, GParamSpec *pspec, GtkListItem *item)
{
  GtkWidget *mark = gtk_widget_get_last_child (gtk_list_item_get_child (item));
  gpointer selected = gtk_drop_down_get_selected_item (drop_down);

  gtk_widget_set_opacity (mark, selected != NULL && selected == gtk_list_item_get_item (item));
}

static void
on_list_item_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  CapChoiceButton *self = user_data;
  CapChoice *choice = gtk_list_item_get_item (item);
  GtkWidget *texts = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *detail = gtk_widget_get_last_child (texts);

  gtk_label_set_width_chars (GTK_LABEL (gtk_widget_get_first_child (texts)), self->list_chars);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (texts)), cap_choice_get_name (choice));
  gtk_label_set_text (GTK_LABEL (detail), cap_choice_get_detail (choice));
  gtk_widget_set_visible (detail, *cap_choice_get_detail (choice) != '\0');

  g_signal_connect (self->drop_down, "notify::selected-item", G_CALLBACK (show_mark), item);
  show_mark (self->drop_down, NULL, item);
}

static void
on_list_item_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  CapChoiceButton *self = user_data;

  if (self->drop_down != NULL)
    g_signal_handlers_disconnect_by_func (self->drop_down, show_mark, item);
}

static void
set_factories (CapChoiceButton *self)
{
  g_autoptr (GtkListItemFactory) button = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) list = gtk_signal_list_item_factory_new ();

  g_signal_connect (button, "setup", G_CALLBACK (on_button_item_setup), NULL);
  g_signal_connect (button, "bind", G_CALLBACK (on_button_item_bind), NULL);
  g_signal_connect (list, "setup", G_CALLBACK (on_list_item_setup), NULL);
  g_signal_connect (list, "bind", G_CALLBACK (on_list_item_bind), self);
  g_signal_connect (list, "unbind", G_CALLBACK (on_list_item_unbind), self);
  gtk_drop_down_set_factory (self->drop_down, button);
  gtk_drop_down_set_list_factory (self->drop_down, list);
}

/* GTK makes the list only as wide as the button, unless its labels ask for more. */
static int
measure_list (GListModel *choices)
{
  glong chars = MIN_CHARS;

  for (guint i = 0; i < g_list_model_get_n_items (choices); i++)
    {
      g_autoptr (CapChoice) choice = g_list_model_get_item (choices, i);

      chars = MAX (chars, g_utf8_strlen (cap_choice_get_name (choice), -1));
      chars = MAX (chars, g_utf8_strlen (cap_choice_get_detail (choice), -1));
    }

  return (int) MIN (chars, MAX_LIST_CHARS);
}

/* selection */

static void
on_selected (GtkDropDown *drop_down, GParamSpec *pspec, CapChoiceButton *self)
{
  g_autofree char *id = g_strdup (cap_choice_button_get_id (self));

  if (gtk_drop_down_get_selected (drop_down) != GTK_INVALID_LIST_POSITION)
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, id);
}

/* The row labels the focused part of the button, and so a screen reader would not
 * read the selection without this description. */
static void
on_selected_item (GtkDropDown *drop_down, GParamSpec *pspec, gpointer user_data)
{
  GtkWidget *part = gtk_widget_get_first_child (GTK_WIDGET (drop_down));
  CapChoice *choice = gtk_drop_down_get_selected_item (drop_down);

  gtk_accessible_update_property (GTK_ACCESSIBLE (part), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  choice != NULL ? cap_choice_get_name (choice) : "", -1);
}

static gboolean
cap_choice_button_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (CAP_CHOICE_BUTTON (widget)->drop_down));
}

/* public */

GtkWidget *
cap_choice_button_new (void)
{
  return g_object_new (CAP_TYPE_CHOICE_BUTTON, NULL);
}

void
cap_choice_button_set_searched (CapChoiceButton *self, gboolean searched)
{
  g_return_if_fail (CAP_IS_CHOICE_BUTTON (self));

  gtk_drop_down_set_enable_search (self->drop_down, searched);
}

void
cap_choice_button_set_choices (CapChoiceButton *self, GListModel *choices)
{
  g_autofree char *id = NULL;

  g_return_if_fail (CAP_IS_CHOICE_BUTTON (self));
  g_return_if_fail (G_IS_LIST_MODEL (choices));

  if (cap_choices_equal (gtk_drop_down_get_model (self->drop_down), choices))
    return;

  id = g_strdup (cap_choice_button_get_id (self));
  self->list_chars = measure_list (choices);
  g_signal_handler_block (self->drop_down, self->handler);
  gtk_drop_down_set_model (self->drop_down, choices);
  g_signal_handler_unblock (self->drop_down, self->handler);
  cap_choice_button_select (self, id);
}

void
cap_choice_button_select (CapChoiceButton *self, const char *id)
{
  guint position;

  g_return_if_fail (CAP_IS_CHOICE_BUTTON (self));
  g_return_if_fail (id != NULL);

  position = cap_choices_find (gtk_drop_down_get_model (self->drop_down), id);
  g_signal_handler_block (self->drop_down, self->handler);
  gtk_drop_down_set_selected (self->drop_down, position != G_MAXUINT ? position : GTK_INVALID_LIST_POSITION);
  g_signal_handler_unblock (self->drop_down, self->handler);
}

const char *
cap_choice_button_get_id (CapChoiceButton *self)
{
  CapChoice *choice;

  g_return_val_if_fail (CAP_IS_CHOICE_BUTTON (self), NULL);

  choice = gtk_drop_down_get_selected_item (self->drop_down);
  return choice != NULL ? cap_choice_get_id (choice) : "";
}

GtkWidget *
cap_choice_button_get_target (CapChoiceButton *self)
{
  g_return_val_if_fail (CAP_IS_CHOICE_BUTTON (self), NULL);

  return GTK_WIDGET (self->drop_down);
}
