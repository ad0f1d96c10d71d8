/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/status-text.h"

#include <math.h>

/* Limit in characters; longer text would be laid out but not visible. */
#define LONGEST 500

/* Factors of the text size. */
#define LINE_HEIGHT 1.5
#define LETTER_WIDTH 0.6
#define LEAST_LETTERS 8

struct _CapStatusText
{
  GtkWidget parent_instance;

  char *text;
  guint lines;
  PangoEllipsizeMode ellipsize;
  guint letters;
};

G_DEFINE_FINAL_TYPE (CapStatusText, cap_status_text, GTK_TYPE_WIDGET)

static void cap_status_text_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                                     int *minimum, int *natural, int *minimum_baseline,
                                     int *natural_baseline);
static GtkSizeRequestMode cap_status_text_get_request_mode (GtkWidget *widget);
static void cap_status_text_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
static void cap_status_text_css_changed (GtkWidget *widget, GtkCssStyleChange *change);
static void cap_status_text_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting);

/* lifecycle */

static void
cap_status_text_finalize (GObject *object)
{
  CapStatusText *self = CAP_STATUS_TEXT (object);

  g_free (self->text);

  G_OBJECT_CLASS (cap_status_text_parent_class)->finalize (object);
}

static void
cap_status_text_class_init (CapStatusTextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = cap_status_text_finalize;
  widget_class->measure = cap_status_text_measure;
  widget_class->get_request_mode = cap_status_text_get_request_mode;
  widget_class->snapshot = cap_status_text_snapshot;
  widget_class->css_changed = cap_status_text_css_changed;
  widget_class->system_setting_changed = cap_status_text_system_setting_changed;

  gtk_widget_class_set_css_name (widget_class, "statustext");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
cap_status_text_init (CapStatusText *self)
{
  self->text = g_strdup ("");
}

/* private */

static double
get_em (CapStatusText *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  const PangoFontDescription *font = pango_context_get_font_description (context);

  /* GTK CSS sets font sizes in pixels. */
  return pango_units_to_double (pango_font_description_get_size (font));
}

static int
get_line_height (CapStatusText *self)
{
  return ceil (get_em (self) * LINE_HEIGHT);
}

/* @width: -1 for the natural width. */
static PangoLayout *
lay_out (CapStatusText *self, int width)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes,
                          pango_attr_line_height_new_absolute (get_line_height (self) * PANGO_SCALE));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);

  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (width >= 0)
    {
      pango_layout_set_width (layout, width * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, self->ellipsize);
      pango_layout_set_height (layout, -(int) self->lines);
    }
  return layout;
}

static int
count_lines (CapStatusText *self, int width)
{
  PangoLayout *layout = lay_out (self, width);
  int n = pango_layout_get_line_count (layout);

  g_object_unref (layout);
  return CLAMP (n, 1, (int) self->lines);
}

/* widget */

static void
measure_width (CapStatusText *self, int *minimum, int *natural)
{
  double letter = get_em (self) * LETTER_WIDTH;
  PangoLayout *layout = lay_out (self, -1);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  g_object_unref (layout);
  *natural = MIN (width, ceil (letter * self->letters));
  *minimum = MIN (*natural, ceil (letter * LEAST_LETTERS));
}

static void
cap_status_text_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  CapStatusText *self = CAP_STATUS_TEXT (widget);
  int least, width;

  measure_width (self, &least, &width);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = least;
      *natural = width;
      return;
    }
  *minimum = get_line_height (self) * count_lines (self, for_size >= 0 ? for_size : width);
  *natural = *minimum;
}

static GtkSizeRequestMode
cap_status_text_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cap_status_text_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CapStatusText *self = CAP_STATUS_TEXT (widget);
  PangoLayout *layout = lay_out (self, gtk_widget_get_width (widget));
  int height;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, (gtk_widget_get_height (widget) - height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
  g_object_unref (layout);
}

static void
cap_status_text_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (cap_status_text_parent_class)->css_changed (widget, change);

  gtk_widget_queue_resize (widget);
}

static void
cap_status_text_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (cap_status_text_parent_class)->system_setting_changed (widget, setting);

  gtk_widget_queue_resize (widget);
}

/* public */

GtkWidget *
cap_status_text_new (guint lines, PangoEllipsizeMode ellipsize, guint width)
{
  CapStatusText *self = g_object_new (CAP_TYPE_STATUS_TEXT, NULL);

  self->lines = lines;
  self->ellipsize = ellipsize;
  self->letters = width;
  return GTK_WIDGET (self);
}

void
cap_status_text_set_text (CapStatusText *self, const char *text)
{
  g_autofree char *shortened = NULL;

  g_return_if_fail (CAP_IS_STATUS_TEXT (self));
  g_return_if_fail (text != NULL);

  shortened = g_utf8_strlen (text, -1) > LONGEST ? g_utf8_substring (text, 0, LONGEST) : g_strdup (text);
  if (g_str_equal (shortened, self->text))
    return;
  g_free (self->text);
  self->text = g_steal_pointer (&shortened);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->text, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

const char *
cap_status_text_get_text (CapStatusText *self)
{
  g_return_val_if_fail (CAP_IS_STATUS_TEXT (self), NULL);

  return self->text;
}
