/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/level-meter-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* dBFS, the level of a quiet room. */
#define FLOOR (-60.0)

#define BAR 3
#define GAP 2
#define HEIGHT 12
#define EMPTY_OPACITY 0.3

struct _CapLevelMeter
{
  GtkWidget parent_instance;

  guint step;
};

G_DEFINE_FINAL_TYPE (CapLevelMeter, cap_level_meter, GTK_TYPE_WIDGET)

static void tell (CapLevelMeter *self);
static void cap_level_meter_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                                     int *minimum, int *natural, int *minimum_baseline,
                                     int *natural_baseline);
static void cap_level_meter_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

/* lifecycle */

static void
cap_level_meter_constructed (GObject *object)
{
  CapLevelMeter *self = CAP_LEVEL_METER (object);

  G_OBJECT_CLASS (cap_level_meter_parent_class)->constructed (object);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Sound level"), -1);
  tell (self);
}

static void
cap_level_meter_class_init (CapLevelMeterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = cap_level_meter_constructed;
  widget_class->measure = cap_level_meter_measure;
  widget_class->snapshot = cap_level_meter_snapshot;

  gtk_widget_class_set_css_name (widget_class, "levelmeter");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_METER);
}

static void
cap_level_meter_init (CapLevelMeter *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

/* private */

static guint
to_step (double level)
{
  /* This includes NaN. */
  if (!(level > FLOOR))
    return 0;
  return CLAMP (ceil ((level - FLOOR) / -FLOOR * CAP_LEVEL_METER_STEPS), 0, CAP_LEVEL_METER_STEPS);
}

/* Screen readers get a word, because numbers that change five times a second are of
 * no use. */
static void
tell (CapLevelMeter *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  self->step > 0 ? _("Sound") : _("Silence"), -1);
}

/* widget */

static void
cap_level_meter_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? CAP_LEVEL_METER_STEPS * (BAR + GAP) - GAP : HEIGHT;
  *natural = *minimum;
}

static void
cap_level_meter_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CapLevelMeter *self = CAP_LEVEL_METER (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int width = gtk_widget_get_width (widget);
  int top = (gtk_widget_get_height (widget) - HEIGHT) / 2;
  GdkRGBA full, empty;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &full);
  empty = full;
  empty.alpha *= EMPTY_OPACITY;

  for (int i = 0; i < CAP_LEVEL_METER_STEPS; i++)
    {
      int x = i * (BAR + GAP);

      gtk_snapshot_append_color (snapshot, (guint) i < self->step ? &full : &empty,
                                 &GRAPHENE_RECT_INIT (mirrored ? width - x - BAR : x, top, BAR, HEIGHT));
    }
}

/* public */

GtkWidget *
cap_level_meter_new (void)
{
  return g_object_new (CAP_TYPE_LEVEL_METER, NULL);
}

void
cap_level_meter_set_level (CapLevelMeter *self, double level)
{
  guint step = to_step (level);
  gboolean other;

  g_return_if_fail (CAP_IS_LEVEL_METER (self));

  other = (step > 0) != (self->step > 0);
  if (step == self->step)
    return;
  self->step = step;
  if (other)
    tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
cap_level_meter_get_step (CapLevelMeter *self)
{
  g_return_val_if_fail (CAP_IS_LEVEL_METER (self), 0);

  return self->step;
}
