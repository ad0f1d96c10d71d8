/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/caption-view.h"
#include "overlay/captions/line-painter.h"

#include <glib/gi18n.h>
#include <math.h>

/* Fractions of the text size. */
#define PADDING_X 0.5
#define PADDING_Y 0.22
#define RADIUS 0.3
#define BAR_WIDTH 0.12
#define BAR_X 0.14

/* The view has no animation: lines move up in one step. Moving text is hard to
 * read, and this also suits users who ask the desktop for reduced motion. */
struct _CapCaptionView
{
  GtkWidget parent_instance;

  CapRoll *roll;
  CapLook *look;           /* NULL until it is set */
  CapLinePainter *painter; /* NULL until there is a look */
  GPtrArray *painted;      /* CapPaintedLine, one for each line of the roll */
  int fitted_width;        /* width that the lines are broken to; 0 before the first allocation */
};

G_DEFINE_FINAL_TYPE (CapCaptionView, cap_caption_view, GTK_TYPE_WIDGET)

static void free_painted (gpointer data);
static void cap_caption_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                                      int *minimum, int *natural, int *minimum_baseline,
                                      int *natural_baseline);
static void cap_caption_view_size_allocate (GtkWidget *widget, int width, int height, int baseline);
static void cap_caption_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
static void cap_caption_view_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting);

/* lifecycle */

static void
cap_caption_view_dispose (GObject *object)
{
  CapCaptionView *self = CAP_CAPTION_VIEW (object);

  if (self->roll != NULL)
    cap_roll_set_fit (self->roll, NULL, NULL);
  g_ptr_array_set_size (self->painted, 0);
  g_clear_object (&self->roll);

  G_OBJECT_CLASS (cap_caption_view_parent_class)->dispose (object);
}

static void
cap_caption_view_finalize (GObject *object)
{
  CapCaptionView *self = CAP_CAPTION_VIEW (object);

  g_ptr_array_unref (self->painted);
  g_clear_pointer (&self->painter, cap_line_painter_free);
  g_clear_pointer (&self->look, cap_look_free);

  G_OBJECT_CLASS (cap_caption_view_parent_class)->finalize (object);
}

static void
cap_caption_view_class_init (CapCaptionViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cap_caption_view_dispose;
  object_class->finalize = cap_caption_view_finalize;
  widget_class->measure = cap_caption_view_measure;
  widget_class->size_allocate = cap_caption_view_size_allocate;
  widget_class->snapshot = cap_caption_view_snapshot;
  widget_class->system_setting_changed = cap_caption_view_system_setting_changed;

  gtk_widget_class_set_css_name (widget_class, "captions");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LOG);
}

static void
cap_caption_view_init (CapCaptionView *self)
{
  self->painted = g_ptr_array_new_with_free_func (free_painted);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Captions"), -1);
}

static void on_changed (CapCaptionView *self);

/* private */

static int
padding_x (CapCaptionView *self)
{
  return ceil (cap_line_painter_get_em (self->painter) * PADDING_X);
}

static int
padding_y (CapCaptionView *self)
{
  return ceil (cap_line_painter_get_em (self->painter) * PADDING_Y);
}

static int
pitch (CapCaptionView *self)
{
  return cap_line_painter_get_above (self->painter) + cap_line_painter_get_below (self->painter);
}

static int
natural_height (CapCaptionView *self)
{
  return pitch (self) * (int) self->look->roll.lines + 2 * padding_y (self);
}

static CapPaintedLine *
take_painted (CapCaptionView *self, CapRollLine *line)
{
  for (guint i = 0; i < self->painted->len; i++)
    {
      CapPaintedLine *painted = self->painted->pdata[i];

      if (painted != NULL && painted->line == line)
        return g_steal_pointer (&self->painted->pdata[i]);
    }
  return cap_line_painter_paint (self->painter, line);
}

static void
free_painted (gpointer data)
{
  if (data != NULL)
    cap_painted_line_free (data);
}

/* Lines are immutable, so that an unchanged line can reuse its picture. */
static void
paint_lines (CapCaptionView *self)
{
  guint n = cap_roll_get_n_lines (self->roll);
  GPtrArray *painted = g_ptr_array_new_full (n, free_painted);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (painted, take_painted (self, cap_roll_get_line (self->roll, i)));

  g_ptr_array_unref (self->painted);
  self->painted = painted;
}

static gsize
fit (const char *text, gpointer user_data)
{
  CapCaptionView *self = user_data;

  return cap_line_painter_fit (self->painter, text, self->fitted_width);
}

static void
break_lines (CapCaptionView *self)
{
  if (self->fitted_width > 0 && self->painter != NULL)
    cap_roll_set_fit (self->roll, fit, self);
}

/* The font or its size has changed. */
static void
make_painter (CapCaptionView *self)
{
  g_ptr_array_set_size (self->painted, 0);
  g_clear_pointer (&self->painter, cap_line_painter_free);
  self->painter = cap_line_painter_new (gtk_widget_create_pango_context (GTK_WIDGET (self)), self->look);

  if (self->fitted_width > 0)
    self->fitted_width = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - 2 * padding_x (self), 1);
  break_lines (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* Only colours have changed. No text moves, because the lines keep their widths. */
static void
repaint (CapCaptionView *self)
{
  g_ptr_array_set_size (self->painted, 0);
  cap_line_painter_set_look (self->painter, self->look);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
append_background (CapCaptionView *self, GtkSnapshot *snapshot, int width, int top, int height)
{
  double radius = cap_line_painter_get_em (self->painter) * RADIUS;
  GskRoundedRect outline;

  if (self->look->background.alpha <= 0)
    return;

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, top, width, height), radius);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &self->look->background, &outline.bounds);
  gtk_snapshot_pop (snapshot);
}

/* A bar marks a translation, because colour alone is not enough, and italics are
 * harder to read and missing in some scripts. */
static void
append_bar (CapCaptionView *self, GtkSnapshot *snapshot, const CapRollLine *line, int width, int top)
{
  double em = cap_line_painter_get_em (self->painter);
  double bar = MAX (round (em * BAR_WIDTH), 2);
  double x = round (em * BAR_X);
  graphene_rect_t rect;

  graphene_rect_init (&rect, line->right_to_left ? width - x - bar : x, top, bar, pitch (self));
  gtk_snapshot_append_color (snapshot, &self->look->translation.final, &rect);
}

static void
append_line (CapCaptionView *self, GtkSnapshot *snapshot, const CapPaintedLine *painted, int width, int top)
{
  int padding = padding_x (self);
  int baseline = top + cap_line_painter_get_above (self->painter);

  if (painted->line->translation)
    append_bar (self, snapshot, painted->line, width, top);
  if (painted->node == NULL)
    return;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT (painted->line->right_to_left ? width - padding : padding, baseline));
  gtk_snapshot_append_node (snapshot, painted->node);
  gtk_snapshot_restore (snapshot);
}

static gboolean
resize_in_next_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  gtk_widget_queue_resize (widget);
  return G_SOURCE_REMOVE;
}

/* widget */

static void
cap_caption_view_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  CapCaptionView *self = CAP_CAPTION_VIEW (widget);

  /* The minimum width is small even with large text, because words can be broken. */
  *minimum = orientation == GTK_ORIENTATION_VERTICAL && self->painter != NULL ? natural_height (self) : 1;
  *natural = *minimum;
}

static void
cap_caption_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  CapCaptionView *self = CAP_CAPTION_VIEW (widget);
  int inner = self->painter != NULL ? MAX (width - 2 * padding_x (self), 1) : 1;

  int before;

  if (inner == self->fitted_width)
    return;

  self->fitted_width = inner;
  if (self->painter == NULL)
    return;

  before = natural_height (self);
  g_signal_handlers_block_by_func (self->roll, on_changed, self);
  break_lines (self);
  g_signal_handlers_unblock_by_func (self->roll, on_changed, self);
  paint_lines (self);
  /* A widget cannot request a new size while it is being allocated. */
  if (natural_height (self) != before)
    gtk_widget_add_tick_callback (widget, resize_in_next_frame, NULL, NULL);
}

static void
cap_caption_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CapCaptionView *self = CAP_CAPTION_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  int line_height, top;

  if (self->painter == NULL)
    return;
  paint_lines (self);
  if (self->painted->len == 0)
    return;

  line_height = pitch (self);
  top = height - padding_y (self) - line_height * (int) self->painted->len;
  append_background (self, snapshot, width, top - padding_y (self), height - top + padding_y (self));
  for (guint i = 0; i < self->painted->len; i++)
    append_line (self, snapshot, self->painted->pdata[i], width, top + line_height * (int) i);
}

static void
cap_caption_view_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  CapCaptionView *self = CAP_CAPTION_VIEW (widget);

  GTK_WIDGET_CLASS (cap_caption_view_parent_class)->system_setting_changed (widget, setting);

  if (self->look != NULL
      && (setting == GTK_SYSTEM_SETTING_DPI || setting == GTK_SYSTEM_SETTING_FONT_CONFIG))
    make_painter (self);
}

/* callbacks */

static void
on_changed (CapCaptionView *self)
{
  int before;

  /* Lines are painted when they are drawn, except that a script that needs more
   * height has to be known before. */
  if (self->painter == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  before = natural_height (self);
  paint_lines (self);
  if (natural_height (self) != before)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* public */

GtkWidget *
cap_caption_view_new (CapRoll *roll)
{
  CapCaptionView *self;

  g_return_val_if_fail (CAP_IS_ROLL (roll), NULL);

  self = g_object_new (CAP_TYPE_CAPTION_VIEW, NULL);
  self->roll = g_object_ref (roll);
  g_signal_connect_object (roll, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
cap_caption_view_set_look (CapCaptionView *self, const CapLook *look)
{
  g_autoptr (CapLook) before = NULL;

  g_return_if_fail (CAP_IS_CAPTION_VIEW (self));
  g_return_if_fail (look != NULL);

  before = g_steal_pointer (&self->look);
  self->look = cap_look_copy (look);
  if (self->painter == NULL || !pango_font_description_equal (before->font, look->font))
    {
      make_painter (self);
      return;
    }

  repaint (self);
  if (before->roll.lines != look->roll.lines)
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
cap_caption_view_announce (CapCaptionView *self, const char *text)
{
  g_return_if_fail (CAP_IS_CAPTION_VIEW (self));
  g_return_if_fail (text != NULL);

#if GTK_CHECK_VERSION (4, 14, 0)
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS /* newer than GDK_VERSION_MAX_ALLOWED */
  gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  G_GNUC_END_IGNORE_DEPRECATIONS
#else
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
#endif
}
