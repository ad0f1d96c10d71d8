/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/overlay-place.h"

#include <math.h>

/* Snapping: distance in pixels, and share of the width of the monitor. */
#define SNAP_DISTANCE 24
#define SNAP_MIDDLE 0.04

#define LEAST_WIDTH 10 /* percent */

static const char *const keys[] = {
  "position", "margin", "x", "y", "width", "monitor", "over-fullscreen", "docked", NULL,
};

struct _CapOverlayPlace
{
  GObject parent_instance;

  GSettings *settings;
  CapPlacement *placement;
  CapGeometry geometry;
};

G_DEFINE_FINAL_TYPE (CapOverlayPlace, cap_overlay_place, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_overlay_place_finalize (GObject *object)
{
  CapOverlayPlace *self = CAP_OVERLAY_PLACE (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->placement);
  g_free (self->geometry.monitor);

  G_OBJECT_CLASS (cap_overlay_place_parent_class)->finalize (object);
}

static void
cap_overlay_place_class_init (CapOverlayPlaceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_overlay_place_finalize;
}

static void
cap_overlay_place_init (CapOverlayPlace *self)
{
}

/* private */

static void
apply (CapOverlayPlace *self)
{
  /* The captions determine the height. */
  if (self->geometry.height > 0)
    cap_placement_apply (self->placement, &self->geometry);
}

static void
read_settings (CapOverlayPlace *self)
{
  CapGeometry *geometry = &self->geometry;

  g_free (geometry->monitor);
  geometry->monitor = g_settings_get_string (self->settings, "monitor");
  geometry->position = g_settings_get_enum (self->settings, "position");
  geometry->margin = g_settings_get_uint (self->settings, "margin");
  geometry->x = g_settings_get_double (self->settings, "x");
  geometry->y = g_settings_get_double (self->settings, "y");
  geometry->width = g_settings_get_uint (self->settings, "width");
  geometry->over_fullscreen = g_settings_get_boolean (self->settings, "over-fullscreen");
  geometry->docked = g_settings_get_boolean (self->settings, "docked");
}

static void
on_settings_changed (CapOverlayPlace *self)
{
  read_settings (self);
  apply (self);
}

/* public */

CapOverlayPlace *
cap_overlay_place_new (GtkWindow *window, GSettings *settings)
{
  CapOverlayPlace *self;

  g_return_val_if_fail (GTK_IS_WINDOW (window), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (CAP_TYPE_OVERLAY_PLACE, NULL);
  self->settings = g_object_ref (settings);
  self->placement = cap_placement_new ();
  cap_placement_prepare (self->placement, window);
  read_settings (self);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *signal = g_strconcat ("changed::", keys[i], NULL);

      g_signal_connect_object (settings, signal, G_CALLBACK (on_settings_changed), self, G_CONNECT_SWAPPED);
    }

  return self;
}

gboolean
cap_overlay_place_is_key (const char *key)
{
  g_return_val_if_fail (key != NULL, FALSE);

  return g_strv_contains (keys, key);
}

CapPlacement *
cap_overlay_place_get_placement (CapOverlayPlace *self)
{
  g_return_val_if_fail (CAP_IS_OVERLAY_PLACE (self), NULL);

  return self->placement;
}

void
cap_overlay_place_set_height (CapOverlayPlace *self, int height)
{
  g_return_if_fail (CAP_IS_OVERLAY_PLACE (self));

  if (height == self->geometry.height)
    return;

  self->geometry.height = height;
  apply (self);
}

void
cap_overlay_place_move (CapOverlayPlace *self, double x, double y)
{
  CapGeometry *geometry;
  GdkRectangle monitor, window;

  g_return_if_fail (CAP_IS_OVERLAY_PLACE (self));

  geometry = &self->geometry;
  if (!cap_placement_get_place (self->placement, &monitor, &window))
    return;

  /* Stays within the monitor, because the window manager would move the window
   * back. */
  x = CLAMP (x, window.width / 2.0, MAX (window.width / 2.0, monitor.width - window.width / 2.0));
  y = CLAMP (y, window.height / 2.0, MAX (window.height / 2.0, monitor.height - window.height / 2.0));
  geometry->position = CAP_POSITION_FREE;
  geometry->x = CLAMP (x / monitor.width, 0, 1);
  geometry->y = CLAMP (y / monitor.height, 0, 1);
  apply (self);
}

void
cap_overlay_place_resize (CapOverlayPlace *self, double width)
{
  GdkRectangle monitor, window;

  g_return_if_fail (CAP_IS_OVERLAY_PLACE (self));

  if (!cap_placement_get_place (self->placement, &monitor, &window))
    return;

  self->geometry.width = CLAMP (lround (width * 100 / monitor.width), LEAST_WIDTH, 100);
  apply (self);
}

void
cap_overlay_place_snap (CapOverlayPlace *self)
{
  CapGeometry *geometry;
  GdkRectangle monitor, window;
  int below;

  g_return_if_fail (CAP_IS_OVERLAY_PLACE (self));

  geometry = &self->geometry;
  if (geometry->position != CAP_POSITION_FREE || fabs (geometry->x - 0.5) > SNAP_MIDDLE ||
      !cap_placement_get_place (self->placement, &monitor, &window))
    return;

  below = monitor.height - window.y - window.height;
  if (window.y <= SNAP_DISTANCE || ABS (window.y - geometry->margin) <= SNAP_DISTANCE)
    geometry->position = CAP_POSITION_TOP;
  else if (below <= SNAP_DISTANCE || ABS (below - geometry->margin) <= SNAP_DISTANCE)
    geometry->position = CAP_POSITION_BOTTOM;
}

void
cap_overlay_place_store (CapOverlayPlace *self)
{
  CapGeometry *geometry;

  g_return_if_fail (CAP_IS_OVERLAY_PLACE (self));

  geometry = &self->geometry;
  /* The settings are inconsistent until all of these keys are set. */
  g_signal_handlers_block_by_func (self->settings, on_settings_changed, self);
  g_settings_set_enum (self->settings, "position", geometry->position);
  g_settings_set_uint (self->settings, "width", geometry->width);
  if (geometry->position == CAP_POSITION_FREE)
    {
      g_settings_set_double (self->settings, "x", geometry->x);
      g_settings_set_double (self->settings, "y", geometry->y);
    }
  g_signal_handlers_unblock_by_func (self->settings, on_settings_changed, self);

  on_settings_changed (self);
}
