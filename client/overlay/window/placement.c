/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/placement-private.h"
#include "overlay/window/placement-kinds.h"
#include "overlay/window/wayland-probe.h"

#include <glib/gi18n.h>
#include <math.h>

#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>
#endif

typedef struct
{
  GtkWindow *window; /* owns the placement */
  CapGeometry geometry;
  gboolean applied; /* @geometry is valid */

  gboolean has_place;
  GdkRectangle monitor;
  GdkRectangle place; /* relative to the monitor */
} CapPlacementPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CapPlacement, cap_placement, G_TYPE_OBJECT)

#define PRIVATE(self) ((CapPlacementPrivate *) cap_placement_get_instance_private (self))

static void
cap_placement_finalize (GObject *object)
{
  CapPlacementPrivate *private = PRIVATE (CAP_PLACEMENT (object));

  g_clear_weak_pointer (&private->window);
  g_free (private->geometry.monitor);

  G_OBJECT_CLASS (cap_placement_parent_class)->finalize (object);
}

static void
cap_placement_class_init (CapPlacementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_placement_finalize;
}

static void
cap_placement_init (CapPlacement *self)
{
}

/* for placements */

GtkWindow *
cap_placement_get_window (CapPlacement *self)
{
  return PRIVATE (self)->window;
}

GdkMonitor *
cap_placement_find_monitor (CapPlacement *self, const CapGeometry *geometry)
{
  GdkDisplay *display;
  GListModel *monitors;

  g_return_val_if_fail (CAP_IS_PLACEMENT (self), NULL);
  g_return_val_if_fail (geometry != NULL, NULL);

  display = gtk_widget_get_display (GTK_WIDGET (PRIVATE (self)->window));
  monitors = gdk_display_get_monitors (display);
  for (guint i = 0; i < g_list_model_get_n_items (monitors); i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, i);

      if (g_strcmp0 (gdk_monitor_get_connector (monitor), geometry->monitor) == 0)
        return g_steal_pointer (&monitor);
    }

#ifdef GDK_WINDOWING_X11
  if (GDK_IS_X11_DISPLAY (display) && gdk_x11_display_get_primary_monitor (display) != NULL)
    return g_object_ref (gdk_x11_display_get_primary_monitor (display));
#endif

  return g_list_model_get_item (monitors, 0);
}

void
cap_placement_set_place (CapPlacement *self, const GdkRectangle *monitor, const GdkRectangle *captions)
{
  CapPlacementPrivate *private;

  g_return_if_fail (CAP_IS_PLACEMENT (self));

  private = PRIVATE (self);
  private->has_place = TRUE;
  private->monitor = *monitor;
  private->place = *captions;
}

void
cap_placement_reapply (CapPlacement *self)
{
  CapPlacementPrivate *private;

  g_return_if_fail (CAP_IS_PLACEMENT (self));

  private = PRIVATE (self);
  if (private->applied && private->window != NULL)
    CAP_PLACEMENT_GET_CLASS (self)->apply (self, &private->geometry);
}

/* A monitor is announced before its name and size. */
static void
on_monitors_changed (CapPlacement *self, guint position, guint removed, guint added, GListModel *monitors)
{
  const char *const properties[] = { "notify::connector", "notify::geometry", "notify::scale-factor" };

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, i);

      for (guint j = 0; j < G_N_ELEMENTS (properties); j++)
        g_signal_connect_object (monitor, properties[j], G_CALLBACK (cap_placement_reapply), self,
                                 G_CONNECT_SWAPPED);
    }

  cap_placement_reapply (self);
}

GdkRectangle
cap_geometry_fit (const CapGeometry *geometry, const GdkRectangle *monitor, const GdkRectangle *area)
{
  int width = MIN (monitor->width * geometry->width / 100, area->width);
  GdkRectangle place = { .width = MAX (width, 1), .height = geometry->height };

  if (geometry->position == CAP_POSITION_FREE)
    {
      place.x = monitor->x + lround (geometry->x * monitor->width - place.width / 2.0);
      place.y = monitor->y + lround (geometry->y * monitor->height - place.height / 2.0);
      place.x = CLAMP (place.x, monitor->x, MAX (monitor->x, monitor->x + monitor->width - place.width));
      place.y = CLAMP (place.y, monitor->y, MAX (monitor->y, monitor->y + monitor->height - place.height));
      return place;
    }

  place.x = area->x + (area->width - place.width) / 2;
  place.y = geometry->position == CAP_POSITION_TOP
                ? area->y + geometry->margin
                : area->y + area->height - geometry->margin - place.height;
  /* A margin that exceeds the monitor is limited. */
  place.y = CLAMP (place.y, area->y, MAX (area->y, area->y + area->height - place.height));

  return place;
}

/* public */

CapPlacement *
cap_placement_new (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  const GType kinds[] = {
#ifdef CAP_HAVE_LAYER_SHELL
    CAP_TYPE_PLACEMENT_LAYER,
#endif
#ifdef CAP_HAVE_X11
    CAP_TYPE_PLACEMENT_X11,
#endif
    CAP_TYPE_PLACEMENT_WINDOW,
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (CapPlacementClass) class = g_type_class_ref (kinds[i]);

      if (class->works_on (display))
        {
          g_debug ("captions are placed as %s", class->name);
          return g_object_new (kinds[i], NULL);
        }
    }

  g_assert_not_reached ();
}

const char *
cap_placement_get_name (CapPlacement *self)
{
  g_return_val_if_fail (CAP_IS_PLACEMENT (self), NULL);

  return CAP_PLACEMENT_GET_CLASS (self)->name;
}

void
cap_placement_prepare (CapPlacement *self, GtkWindow *window)
{
  CapPlacementPrivate *private;
  GListModel *monitors;

  g_return_if_fail (CAP_IS_PLACEMENT (self));
  g_return_if_fail (GTK_IS_WINDOW (window));

  private = PRIVATE (self);
  monitors = gdk_display_get_monitors (gtk_widget_get_display (GTK_WIDGET (window)));
  g_set_weak_pointer (&private->window, window);
  gtk_window_set_decorated (window, FALSE);
  CAP_PLACEMENT_GET_CLASS (self)->prepare (self, window);

  g_signal_connect_object (monitors, "items-changed", G_CALLBACK (on_monitors_changed), self,
                           G_CONNECT_SWAPPED);
  on_monitors_changed (self, 0, 0, g_list_model_get_n_items (monitors), monitors);
}

void
cap_placement_apply (CapPlacement *self, const CapGeometry *geometry)
{
  CapPlacementPrivate *private;
  char *monitor;

  g_return_if_fail (CAP_IS_PLACEMENT (self));
  g_return_if_fail (geometry != NULL);

  private = PRIVATE (self);
  monitor = g_strdup (geometry->monitor);
  g_free (private->geometry.monitor);
  private->geometry = *geometry;
  private->geometry.monitor = monitor;
  private->applied = TRUE;

  cap_placement_reapply (self);
}

void
cap_placement_set_interactive (CapPlacement *self, gboolean interactive)
{
  g_return_if_fail (CAP_IS_PLACEMENT (self));

  CAP_PLACEMENT_GET_CLASS (self)->set_interactive (self, interactive);
}

void
cap_placement_take_focus (CapPlacement *self)
{
  g_return_if_fail (CAP_IS_PLACEMENT (self));

  CAP_PLACEMENT_GET_CLASS (self)->take_focus (self);
}

void
cap_placement_set_drawn (CapPlacement *self, const cairo_region_t *drawn)
{
  CapPlacementClass *class;

  g_return_if_fail (CAP_IS_PLACEMENT (self));

  class = CAP_PLACEMENT_GET_CLASS (self);
  if (class->set_drawn != NULL)
    class->set_drawn (self, drawn);
}

gboolean
cap_placement_get_place (CapPlacement *self, GdkRectangle *monitor, GdkRectangle *captions)
{
  CapPlacementPrivate *private;

  g_return_val_if_fail (CAP_IS_PLACEMENT (self), FALSE);

  private = PRIVATE (self);
  *monitor = private->monitor;
  *captions = private->place;
  return private->has_place;
}

gboolean
cap_placement_to_monitor (CapPlacement *self, double *x, double *y)
{
  CapPlacementClass *class;

  g_return_val_if_fail (CAP_IS_PLACEMENT (self), FALSE);

  class = CAP_PLACEMENT_GET_CLASS (self);
  return class->to_monitor != NULL && class->to_monitor (self, x, y);
}

void
cap_placement_begin_move (CapPlacement *self, GdkDevice *device, double x, double y, guint32 time)
{
  GdkSurface *surface;

  g_return_if_fail (CAP_IS_PLACEMENT (self));

  surface = gtk_native_get_surface (GTK_NATIVE (PRIVATE (self)->window));
  gdk_toplevel_begin_move (GDK_TOPLEVEL (surface), device, GDK_BUTTON_PRIMARY, x, y, time);
}

const char *
cap_placement_get_advice (CapPlacement *self)
{
  const char *advice;

  g_return_val_if_fail (CAP_IS_PLACEMENT (self), NULL);

  advice = CAP_PLACEMENT_GET_CLASS (self)->advice;
  return advice != NULL ? _ (advice) : NULL;
}

static gboolean
is_set (const char *variable)
{
  const char *value = g_getenv (variable);

  return value != NULL && *value != '\0';
}

void
cap_placement_choose_backend (void)
{
  if (is_set ("GDK_BACKEND"))
    return;

  /* The socket in WAYLAND_SOCKET can be opened only once, which GTK does. */
  if (is_set ("WAYLAND_SOCKET") || !is_set ("WAYLAND_DISPLAY"))
    return;

#ifdef CAP_HAVE_X11
  if (is_set ("DISPLAY") && !cap_wayland_has_layers ())
    gdk_set_allowed_backends ("x11,*");
#endif
}
