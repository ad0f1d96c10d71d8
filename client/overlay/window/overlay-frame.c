/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/overlay-frame.h"

struct _CapOverlayFrame
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *captions;
  GtkWidget *strip;
  GtkWidget *controls;
  GtkWidget *advice; /* NULL if there is none */

  int height;
  guint resized_id;
};

enum
{
  SIGNAL_RESIZED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapOverlayFrame, cap_overlay_frame, GTK_TYPE_WIDGET)

static GtkSizeRequestMode cap_overlay_frame_get_request_mode (GtkWidget *widget);
static void cap_overlay_frame_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                                       int *minimum, int *natural, int *minimum_baseline,
                                       int *natural_baseline);
static void cap_overlay_frame_size_allocate (GtkWidget *widget, int width, int height, int baseline);

/* lifecycle */

static void
cap_overlay_frame_dispose (GObject *object)
{
  CapOverlayFrame *self = CAP_OVERLAY_FRAME (object);

  g_clear_handle_id (&self->resized_id, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (cap_overlay_frame_parent_class)->dispose (object);
}

static void
cap_overlay_frame_class_init (CapOverlayFrameClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cap_overlay_frame_dispose;
  widget_class->get_request_mode = cap_overlay_frame_get_request_mode;
  widget_class->measure = cap_overlay_frame_measure;
  widget_class->size_allocate = cap_overlay_frame_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "captionframe");

  signals[SIGNAL_RESIZED] = g_signal_new ("resized", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
cap_overlay_frame_init (CapOverlayFrame *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->strip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_box_append (GTK_BOX (self->box), self->strip);
}

/* size */

static GtkSizeRequestMode
cap_overlay_frame_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cap_overlay_frame_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  CapOverlayFrame *self = CAP_OVERLAY_FRAME (widget);

  gtk_widget_measure (self->box, orientation, for_size, minimum, natural, NULL, NULL);
  /* A long status does not make the captions wider. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = *minimum;
  else
    *minimum = *natural;
}

static gboolean
on_resized (gpointer user_data)
{
  CapOverlayFrame *self = user_data;

  self->resized_id = 0;
  g_signal_emit (self, signals[SIGNAL_RESIZED], 0, self->height);
  return G_SOURCE_REMOVE;
}

static void
cap_overlay_frame_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  CapOverlayFrame *self = CAP_OVERLAY_FRAME (widget);
  int natural;

  gtk_widget_allocate (self->box, width, height, baseline, NULL);

  /* Sizes must not change during layout. The box is measured instead of the frame,
   * because the margins of the frame would count. */
  gtk_widget_measure (self->box, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  if (natural != self->height)
    {
      self->height = natural;
      if (self->resized_id == 0)
        self->resized_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_resized, self, NULL);
    }
}

/* public */

GtkWidget *
cap_overlay_frame_new (GtkWidget *captions, GtkWidget *status, GtkWidget *controls)
{
  CapOverlayFrame *self;
  GtkWidget *place;

  g_return_val_if_fail (GTK_IS_WIDGET (captions), NULL);
  g_return_val_if_fail (GTK_IS_WIDGET (status), NULL);
  g_return_val_if_fail (GTK_IS_WIDGET (controls), NULL);

  self = g_object_new (CAP_TYPE_OVERLAY_FRAME, NULL);
  self->captions = captions;
  gtk_widget_set_hexpand (captions, TRUE);
  gtk_widget_set_vexpand (captions, TRUE);
  gtk_box_append (GTK_BOX (self->box), captions);

  /* The status has its own box, so that the controls do not move when it appears or
   * disappears. */
  place = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_hexpand (place, TRUE);
  gtk_widget_set_valign (status, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (place), status);
  gtk_box_append (GTK_BOX (self->strip), place);

  self->controls = controls;
  gtk_widget_set_valign (controls, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->strip), controls);
  gtk_widget_set_child_visible (controls, FALSE);

  return GTK_WIDGET (self);
}

void
cap_overlay_frame_set_advice (CapOverlayFrame *self, const char *advice)
{
  g_return_if_fail (self->advice == NULL);

  self->advice = gtk_label_new (advice);
  gtk_label_set_wrap (GTK_LABEL (self->advice), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->advice), 0);
  gtk_widget_add_css_class (self->advice, "advice");
  gtk_box_prepend (GTK_BOX (self->box), self->advice);
}

void
cap_overlay_frame_set_unlocked (CapOverlayFrame *self, gboolean unlocked)
{
  g_return_if_fail (CAP_IS_OVERLAY_FRAME (self));

  if (unlocked)
    gtk_widget_add_css_class (GTK_WIDGET (self), "unlocked");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unlocked");

  /* The controls are neither drawn nor focusable, but keep their space. */
  gtk_widget_set_child_visible (self->controls, unlocked);
  if (self->advice != NULL)
    gtk_widget_set_visible (self->advice, unlocked);
  gtk_widget_queue_resize (self->controls);
}

void
cap_overlay_frame_set_strip_below (CapOverlayFrame *self, gboolean below)
{
  g_return_if_fail (CAP_IS_OVERLAY_FRAME (self));

  gtk_box_reorder_child_after (GTK_BOX (self->box), self->strip, below ? self->captions : NULL);
}
