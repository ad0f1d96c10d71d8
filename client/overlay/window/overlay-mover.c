/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/overlay-mover.h"

#include <math.h>

#define EDGE 16       /* width in pixels of the left and right areas that resize */
#define STEP 16       /* pixels that a key press moves */
#define WIDTH_STEP 32 /* pixels that a key press resizes */

typedef enum
{
  DRAG_NONE,
  DRAG_MOVE,
  DRAG_WIDTH,
} Drag;

struct _CapOverlayMover
{
  GObject parent_instance;

  GtkWidget *handle; /* not owned; lives as long as the window */
  CapOverlayPlace *place;
  gboolean active;

  Drag drag;
  gboolean moved; /* the drag has moved or resized the captions */
  double from_x, from_y;     /* pointer at the start of the drag, in monitor coordinates */
  int from_width;
  double middle_x, middle_y; /* centre of the window, likewise */
};

G_DEFINE_FINAL_TYPE (CapOverlayMover, cap_overlay_mover, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_overlay_mover_finalize (GObject *object)
{
  CapOverlayMover *self = CAP_OVERLAY_MOVER (object);

  g_clear_weak_pointer (&self->handle);
  g_clear_object (&self->place);

  G_OBJECT_CLASS (cap_overlay_mover_parent_class)->finalize (object);
}

static void
cap_overlay_mover_class_init (CapOverlayMoverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_overlay_mover_finalize;
}

static void
cap_overlay_mover_init (CapOverlayMover *self)
{
}

/* the pointer */

static gboolean
is_at_edge (CapOverlayMover *self, double x)
{
  return x < EDGE || x >= gtk_widget_get_width (self->handle) - EDGE;
}

static gboolean
find_middle (CapOverlayMover *self, double *x, double *y)
{
  CapPlacement *placement = cap_overlay_place_get_placement (self->place);
  GdkRectangle monitor, window;

  if (!cap_placement_get_place (placement, &monitor, &window))
    return FALSE;

  *x = window.x + window.width / 2.0;
  *y = window.y + window.height / 2.0;
  return TRUE;
}

static void
on_motion (CapOverlayMover *self, double x, double y)
{
  gtk_widget_set_cursor_from_name (self->handle, !self->active         ? NULL
                                                 : is_at_edge (self, x) ? "ew-resize"
                                                                        : "move");
}

static void
let_desktop_move (CapOverlayMover *self, GtkGesture *gesture, double x, double y)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));
  GtkNative *native = gtk_widget_get_native (self->handle);
  double surface_x, surface_y;

  gtk_native_get_surface_transform (native, &surface_x, &surface_y);
  cap_placement_begin_move (cap_overlay_place_get_placement (self->place), gdk_event_get_device (event),
                            x + surface_x, y + surface_y, gdk_event_get_time (event));
  gtk_event_controller_reset (GTK_EVENT_CONTROLLER (gesture));
}

static void
on_drag_begin (CapOverlayMover *self, double x, double y, GtkGesture *gesture)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GdkRectangle monitor, captions;
  double handle_x, handle_y;

  if (!self->active || !gtk_widget_translate_coordinates (widget, self->handle, x, y, &handle_x, &handle_y))
    {
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
      return;
    }

  if (!find_middle (self, &self->middle_x, &self->middle_y))
    {
      let_desktop_move (self, gesture, x, y);
      return;
    }

  cap_placement_get_place (cap_overlay_place_get_placement (self->place), &monitor, &captions);
  self->from_x = captions.x + handle_x;
  self->from_y = captions.y + handle_y;
  self->from_width = captions.width;
  self->drag = is_at_edge (self, handle_x) ? DRAG_WIDTH : DRAG_MOVE;
  self->moved = FALSE;
}

static void
on_drag_update (CapOverlayMover *self, double offset_x, double offset_y, GtkGestureDrag *gesture)
{
  double x, y;

  if (self->drag == DRAG_NONE || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;

  x += offset_x;
  y += offset_y;
  if (!cap_placement_to_monitor (cap_overlay_place_get_placement (self->place), &x, &y))
    return;

  self->moved = TRUE;
  if (self->drag == DRAG_MOVE)
    {
      cap_overlay_place_move (self->place, self->middle_x + x - self->from_x,
                              self->middle_y + y - self->from_y);
    }
  else
    {
      /* The centre stays: both edges move. */
      double wider = fabs (x - self->middle_x) - fabs (self->from_x - self->middle_x);

      cap_overlay_place_resize (self->place, self->from_width + 2 * wider);
    }
}

static void
end_drag (CapOverlayMover *self)
{
  Drag drag = self->drag;

  self->drag = DRAG_NONE;
  if (drag == DRAG_NONE || !self->moved)
    return;

  if (drag == DRAG_MOVE)
    cap_overlay_place_snap (self->place);
  cap_overlay_place_store (self->place);
}

static void
on_drag_end (CapOverlayMover *self, double offset_x, double offset_y, GtkGestureDrag *gesture)
{
  on_drag_update (self, offset_x, offset_y, gesture);
  end_drag (self);
}

/* keys */

static gboolean
step (CapOverlayMover *self, int columns, int rows, gboolean wider)
{
  CapPlacement *placement = cap_overlay_place_get_placement (self->place);
  GdkRectangle monitor, window;
  double x, y;

  if (!find_middle (self, &x, &y))
    return GDK_EVENT_PROPAGATE;

  cap_placement_get_place (placement, &monitor, &window);
  if (wider)
    cap_overlay_place_resize (self->place, window.width + columns * WIDTH_STEP);
  else
    cap_overlay_place_move (self->place, x + columns * STEP, y + rows * STEP);
  cap_overlay_place_store (self->place);

  return GDK_EVENT_STOP;
}

static gboolean
on_key (CapOverlayMover *self, guint key, guint code, GdkModifierType modifiers)
{
  gboolean shift = (modifiers & GDK_SHIFT_MASK) != 0;

  if (!self->active || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;

  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      return step (self, -1, 0, shift);
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      return step (self, 1, 0, shift);
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return step (self, 0, -1, FALSE);
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return step (self, 0, 1, FALSE);
    case GDK_KEY_Escape:
      return gtk_widget_activate_action (self->handle, "app.lock", NULL);
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* public */

static void
add_controllers (CapOverlayMover *self, GtkWindow *window)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  g_signal_connect_object (motion, "motion", G_CALLBACK (on_motion), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->handle, motion);

  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (on_drag_begin), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (on_drag_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-end", G_CALLBACK (on_drag_end), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "cancel", G_CALLBACK (end_drag), self, G_CONNECT_SWAPPED);
  /* The controller is on the window, because the handle moves under the pointer. */
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (drag));

  /* Runs before the buttons, which would use arrow keys for navigation; Tab does
   * that too. */
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect_object (key, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (window), key);
}

CapOverlayMover *
cap_overlay_mover_new (GtkWindow *window, GtkWidget *handle, CapOverlayPlace *place)
{
  CapOverlayMover *self;

  g_return_val_if_fail (GTK_IS_WINDOW (window), NULL);
  g_return_val_if_fail (GTK_IS_WIDGET (handle), NULL);
  g_return_val_if_fail (CAP_IS_OVERLAY_PLACE (place), NULL);

  self = g_object_new (CAP_TYPE_OVERLAY_MOVER, NULL);
  g_set_weak_pointer (&self->handle, handle);
  self->place = g_object_ref (place);
  add_controllers (self, window);

  return self;
}

void
cap_overlay_mover_set_active (CapOverlayMover *self, gboolean active)
{
  g_return_if_fail (CAP_IS_OVERLAY_MOVER (self));

  self->active = active;
  if (!active)
    gtk_widget_set_cursor (self->handle, NULL);
}
