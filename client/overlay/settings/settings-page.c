/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/settings-page.h"

/* The frames that GNOME calls boxed lists, in the colours of any theme. */
static const char style[] =
    ".cap-rows {"
    "  background-color: @theme_base_color; color: @theme_text_color;"
    "  border: 1px solid @borders; border-radius: 10px; }"
    "cap-row { padding: 10px 14px; min-height: 32px; }"
    "cap-row:not(:first-child) { border-top: 1px solid alpha(@borders, 0.7); }"
    ".cap-detail { opacity: 0.75; font-size: 0.92em; }"
    "cap-row progressbar > text { color: @theme_text_color; }"
    ".cap-heading { font-weight: bold; }"
    ".cap-problem { color: @error_color; font-weight: bold; }"
    ".cap-problem-box { margin: 18px 18px 0 18px; padding: 12px; border: 2px solid @error_color;"
    "  border-radius: 10px; }"
    ".cap-hint-box { margin: 18px 18px 0 18px; padding: 12px; border: 1px solid @borders;"
    "  border-radius: 10px; }"
    ".cap-buttons { padding: 12px 18px; }"
    ".cap-command { font-family: monospace; }";

typedef struct
{
  GtkWidget *scrolled;
  GtkWidget *content;
} CapSettingsPagePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (CapSettingsPage, cap_settings_page, GTK_TYPE_WIDGET)

struct _CapSettingsGroup
{
  GtkBox parent_instance;

  GtkWidget *explanation; /* NULL for a group that can be folded */
  GtkWidget *expander;    /* NULL for a group that cannot be folded */
  GtkWidget *rows;
};

G_DEFINE_FINAL_TYPE (CapSettingsGroup, cap_settings_group, GTK_TYPE_BOX)

/* maximal width of a column */

#define MAX_WIDTH_EM 46

static int
get_max_width (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  int size = pango_font_description_get_size (pango_context_get_font_description (context));
  double em = (double) size / PANGO_SCALE * pango_cairo_context_get_resolution (context) / 72;

  return (int) (MAX_WIDTH_EM * em);
}

static GtkSizeRequestMode
get_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  int max = get_max_width (widget);
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0)
    {
      int min_width;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &min_width, NULL, NULL, NULL);
      for_size = MAX (MIN (for_size, max), min_width);
    }

  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, MIN (*natural, max));
}

static void
allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int min_width;
  GtkAllocation place = { 0, 0, 0, height };

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &min_width, NULL, NULL, NULL);
  place.width = MAX (MIN (width, get_max_width (widget)), min_width);
  place.x = (width - place.width) / 2;
  gtk_widget_size_allocate (child, &place, baseline);
}

static GtkWidget *
new_column (GtkWidget *content)
{
  GtkWidget *column = g_object_new (GTK_TYPE_BOX, NULL);

  gtk_widget_set_layout_manager (column, gtk_custom_layout_new (get_mode, measure, allocate));
  gtk_widget_set_parent (content, column);
  return column;
}

/* lifecycle */

static void
cap_settings_page_dispose (GObject *object)
{
  CapSettingsPagePrivate *private = cap_settings_page_get_instance_private (CAP_SETTINGS_PAGE (object));

  g_clear_pointer (&private->scrolled, gtk_widget_unparent);

  G_OBJECT_CLASS (cap_settings_page_parent_class)->dispose (object);
}

static void
cap_settings_page_class_init (CapSettingsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_settings_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
cap_settings_page_init (CapSettingsPage *self)
{
  CapSettingsPagePrivate *private = cap_settings_page_get_instance_private (self);

  private->content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  gtk_widget_set_margin_top (private->content, 18);
  gtk_widget_set_margin_bottom (private->content, 24);
  gtk_widget_set_margin_start (private->content, 18);
  gtk_widget_set_margin_end (private->content, 18);

  private->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (private->scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (private->scrolled), new_column (private->content));
  gtk_widget_set_parent (private->scrolled, GTK_WIDGET (self));
}

static void
cap_settings_group_class_init (CapSettingsGroupClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
cap_settings_group_init (CapSettingsGroup *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);

  self->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (self->rows, "cap-rows");
}

/* public */

GtkWidget *
cap_settings_page_new (void)
{
  return g_object_new (CAP_TYPE_SETTINGS_PAGE, NULL);
}

void
cap_settings_page_add (CapSettingsPage *self, GtkWidget *widget)
{
  CapSettingsPagePrivate *private;

  g_return_if_fail (CAP_IS_SETTINGS_PAGE (self));
  g_return_if_fail (GTK_IS_WIDGET (widget));

  private = cap_settings_page_get_instance_private (self);
  gtk_box_append (GTK_BOX (private->content), widget);
}

GtkWidget *
cap_settings_text_new (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0.0, "wrap", TRUE,
                       "wrap-mode", PANGO_WRAP_WORD_CHAR, NULL);
}

GtkWidget *
cap_settings_problem_new (void)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT,
                                   "visible", FALSE, "xalign", 0.0, "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR, NULL);

  gtk_widget_add_css_class (label, "cap-problem");
  return label;
}

void
cap_settings_problem_set (GtkWidget *problem, const char *sentence)
{
  g_return_if_fail (GTK_IS_WIDGET (problem));

  gtk_label_set_text (GTK_LABEL (problem), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (problem, sentence != NULL);
}

GtkWidget *
cap_settings_group_new (const char *title, const char *explanation)
{
  CapSettingsGroup *self;
  GtkWidget *heading;

  g_return_val_if_fail (title != NULL, NULL);
  g_return_val_if_fail (explanation != NULL, NULL);

  self = g_object_new (CAP_TYPE_SETTINGS_GROUP, NULL);
  heading = cap_settings_text_new (title);
  gtk_widget_add_css_class (heading, "cap-heading");
  gtk_box_append (GTK_BOX (self), heading);
  self->explanation = cap_settings_text_new ("");
  gtk_widget_add_css_class (self->explanation, "cap-detail");
  gtk_box_append (GTK_BOX (self), self->explanation);
  cap_settings_group_set_explanation (self, explanation);
  gtk_box_append (GTK_BOX (self), self->rows);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  heading, NULL, -1);

  return GTK_WIDGET (self);
}

GtkWidget *
cap_settings_group_new_folded (const char *title)
{
  CapSettingsGroup *self;
  GtkWidget *expander;

  g_return_val_if_fail (title != NULL, NULL);

  self = g_object_new (CAP_TYPE_SETTINGS_GROUP, NULL);
  expander = gtk_expander_new_with_mnemonic (title);
  self->expander = expander;
  gtk_widget_add_css_class (gtk_expander_get_label_widget (GTK_EXPANDER (expander)), "cap-heading");
  gtk_widget_set_margin_top (self->rows, 6);
  gtk_expander_set_child (GTK_EXPANDER (expander), self->rows);
  /* GTK 4.18 looks for the focus in folded children too, unless they are invisible. */
  g_object_bind_property (expander, "expanded", self->rows, "visible", G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (self), expander);

  return GTK_WIDGET (self);
}

void
cap_settings_group_set_explanation (CapSettingsGroup *self, const char *explanation)
{
  g_return_if_fail (CAP_IS_SETTINGS_GROUP (self));
  g_return_if_fail (explanation != NULL);

  gtk_label_set_text (GTK_LABEL (self->explanation), explanation);
  gtk_widget_set_visible (self->explanation, *explanation != '\0');
}

void
cap_settings_group_unfold (CapSettingsGroup *self)
{
  g_return_if_fail (CAP_IS_SETTINGS_GROUP (self));

  gtk_expander_set_expanded (GTK_EXPANDER (self->expander), TRUE);
}

void
cap_settings_group_add (CapSettingsGroup *self, GtkWidget *row)
{
  g_return_if_fail (CAP_IS_SETTINGS_GROUP (self));
  g_return_if_fail (GTK_IS_WIDGET (row));

  gtk_box_append (GTK_BOX (self->rows), row);
}

void
cap_settings_group_remove_all (CapSettingsGroup *self)
{
  GtkWidget *row;

  g_return_if_fail (CAP_IS_SETTINGS_GROUP (self));

  while ((row = gtk_widget_get_first_child (self->rows)) != NULL)
    gtk_box_remove (GTK_BOX (self->rows), row);
}

void
cap_settings_style_load (GdkDisplay *display)
{
  const char *mark = "cap-settings-style";
  g_autoptr (GtkCssProvider) provider = NULL;

  g_return_if_fail (GDK_IS_DISPLAY (display));

  if (g_object_get_data (G_OBJECT (display), mark) != NULL)
    return;

  g_object_set_data (G_OBJECT (display), mark, display);
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_data (provider, style, -1);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}
