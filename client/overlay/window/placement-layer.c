/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/placement-kinds.h"

#include <gdk/wayland/gdkwayland.h>
#include <gtk4-layer-shell.h>
#include <wayland-client.h>

/* The least share of the monitor that is plausible as the area between panels. */
#define LEAST_AREA 0.7

/* Places the window in a layer above all windows, on Wayland compositors that
 * support layers.
 *
 * While it is interactive, the layer fills the area between panels, and the
 * captions move inside it, because compositors report pointer positions differently
 * for a layer that moves during a drag. */
struct _CapPlacementLayer
{
  CapPlacement parent_instance;

  gboolean interactive;
  gboolean wants_focus;
  gboolean has_focus;

  GdkRectangle monitor;
  GdkRectangle area; /* area between panels; known only from a layer that fills it */
  gboolean area_known;
  guint reapply_id;
};

G_DEFINE_FINAL_TYPE (CapPlacementLayer, cap_placement_layer, CAP_TYPE_PLACEMENT)

static gboolean works_on (GdkDisplay *display);
static void set_interactive (CapPlacement *placement, gboolean interactive);
static void take_focus (CapPlacement *placement);
static void prepare (CapPlacement *placement, GtkWindow *window);
static void apply (CapPlacement *placement, const CapGeometry *geometry);
static gboolean to_monitor (CapPlacement *placement, double *x, double *y);

/* lifecycle */

static void
cap_placement_layer_dispose (GObject *object)
{
  g_clear_handle_id (&CAP_PLACEMENT_LAYER (object)->reapply_id, g_source_remove);

  G_OBJECT_CLASS (cap_placement_layer_parent_class)->dispose (object);
}

static void
cap_placement_layer_class_init (CapPlacementLayerClass *klass)
{
  CapPlacementClass *class = CAP_PLACEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cap_placement_layer_dispose;
  class->name = "layer-shell";
  class->works_on = works_on;
  class->prepare = prepare;
  class->apply = apply;
  class->set_interactive = set_interactive;
  class->take_focus = take_focus;
  class->to_monitor = to_monitor;
}

static void
cap_placement_layer_init (CapPlacementLayer *self)
{
}

static gboolean
works_on (GdkDisplay *display)
{
  /* gtk_layer_is_supported () prints a warning if it is not. */
  return GDK_IS_WAYLAND_DISPLAY (display)
         && gdk_wayland_display_query_registry (display, "zwlr_layer_shell_v1");
}

/* keyboard */

static void
update_keyboard (CapPlacementLayer *self)
{
  GtkLayerShellKeyboardMode mode = GTK_LAYER_SHELL_KEYBOARD_MODE_NONE;

  /* Older compositors offer the keyboard exclusively or not at all, and exclusive
   * use is wanted only for a moment. */
  if (self->interactive && self->wants_focus)
    mode = GTK_LAYER_SHELL_KEYBOARD_MODE_EXCLUSIVE;
  else if (self->interactive && gtk_layer_get_protocol_version () >= 4)
    mode = GTK_LAYER_SHELL_KEYBOARD_MODE_ON_DEMAND;

  gtk_layer_set_keyboard_mode (cap_placement_get_window (CAP_PLACEMENT (self)), mode);
}

static gboolean
on_event (CapPlacementLayer *self, GdkEvent *event)
{
  if (gdk_event_get_event_type (event) != GDK_FOCUS_CHANGE)
    return GDK_EVENT_PROPAGATE;

  /* Now that the window has the keyboard focus, it keeps it until the next click
   * elsewhere. */
  self->has_focus = gdk_focus_event_get_in (event);
  if (self->wants_focus && self->has_focus)
    {
      self->wants_focus = FALSE;
      update_keyboard (self);
    }

  return GDK_EVENT_PROPAGATE;
}

/* A window that is shown again must not take the keyboard. */
static void
on_unmap (CapPlacementLayer *self)
{
  self->wants_focus = self->has_focus = FALSE;
  update_keyboard (self);
}

static void
set_interactive (CapPlacement *placement, gboolean interactive)
{
  CapPlacementLayer *self = CAP_PLACEMENT_LAYER (placement);

  self->interactive = interactive;
  self->wants_focus = FALSE;
  update_keyboard (self);
  cap_placement_reapply (placement);
}

static void
take_focus (CapPlacement *placement)
{
  CapPlacementLayer *self = CAP_PLACEMENT_LAYER (placement);

  /* A repeated request would never be answered. */
  if (self->has_focus)
    return;

  self->wants_focus = TRUE;
  update_keyboard (self);
}

/* position */

static gboolean
on_reapply (gpointer user_data)
{
  CapPlacementLayer *self = user_data;

  self->reapply_id = 0;
  cap_placement_reapply (CAP_PLACEMENT (self));
  return G_SOURCE_REMOVE;
}

static void
reapply_later (CapPlacementLayer *self)
{
  if (self->reapply_id == 0)
    self->reapply_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_reapply, self, NULL);
}

static gboolean
on_close_request (CapPlacementLayer *self)
{
  /* The compositor closes a layer when its monitor disappears. The captions
   * continue on another one. */
  gtk_widget_unrealize (GTK_WIDGET (cap_placement_get_window (CAP_PLACEMENT (self))));
  reapply_later (self);
  return GDK_EVENT_STOP;
}

static gboolean
is_full (CapPlacementLayer *self)
{
  return self->interactive || !self->area_known;
}

static void
on_layout (CapPlacementLayer *self, int width, int height)
{
  const GdkRectangle area = { 0, 0, width, height };

  /* The first layout after a change can still have the old size. */
  if (!is_full (self) || width < self->monitor.width * LEAST_AREA
      || height < self->monitor.height * LEAST_AREA)
    return;
  if (self->area_known && gdk_rectangle_equal (&area, &self->area))
    return;

  self->area = area;
  self->area_known = TRUE;
  reapply_later (self);
}

static void
on_realize (CapPlacementLayer *self)
{
  GtkWindow *window = cap_placement_get_window (CAP_PLACEMENT (self));
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  g_signal_connect_object (surface, "event", G_CALLBACK (on_event), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (surface, "layout", G_CALLBACK (on_layout), self, G_CONNECT_SWAPPED);
  /* The compositor has chosen a monitor. */
  g_signal_connect_object (surface, "enter-monitor", G_CALLBACK (cap_placement_reapply), self,
                           G_CONNECT_SWAPPED);
}

static void
prepare (CapPlacement *placement, GtkWindow *window)
{
  CapPlacementLayer *self = CAP_PLACEMENT_LAYER (placement);

  gtk_layer_init_for_window (window);
  gtk_layer_set_namespace (window, "captiond");
  /* The start margin has to be on the left in every language. */
  gtk_widget_set_direction (gtk_window_get_child (window), GTK_TEXT_DIR_LTR);
  update_keyboard (self);
  g_signal_connect_object (window, "realize", G_CALLBACK (on_realize), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (window, "unmap", G_CALLBACK (on_unmap), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "close-request", G_CALLBACK (on_close_request), self, G_CONNECT_SWAPPED);
}

/* The configured monitor; otherwise the one that the compositor chose. */
static GdkMonitor *
choose_monitor (CapPlacement *placement, const CapGeometry *geometry)
{
  GtkWindow *window = cap_placement_get_window (placement);
  g_autoptr (GdkMonitor) monitor = cap_placement_find_monitor (placement, geometry);
  GdkMonitor *current = NULL;
  GdkSurface *surface;

  if (monitor != NULL && g_strcmp0 (gdk_monitor_get_connector (monitor), geometry->monitor) == 0)
    {
      gtk_layer_set_monitor (window, monitor);
      return g_steal_pointer (&monitor);
    }

  /* A surface that is created later may be on another monitor. */
  gtk_layer_set_monitor (window, NULL);
  surface = gtk_native_get_surface (GTK_NATIVE (window));
  if (surface != NULL && gtk_widget_get_mapped (GTK_WIDGET (window)))
    current = gdk_display_get_monitor_at_surface (gdk_surface_get_display (surface), surface);

  return current != NULL ? g_object_ref (current) : g_steal_pointer (&monitor);
}

static void
choose_layer (GtkWindow *window, gboolean over_fullscreen)
{
  GtkLayerShellLayer layer = over_fullscreen ? GTK_LAYER_SHELL_LAYER_OVERLAY : GTK_LAYER_SHELL_LAYER_TOP;
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  if (gtk_layer_get_layer (window) == layer)
    return;

  gtk_layer_set_layer (window, layer);
  /* A covered surface is not drawn, and so GTK would not commit the change until
   * the next frame. */
  if (surface != NULL && gtk_widget_get_mapped (GTK_WIDGET (window)))
    wl_surface_commit (gdk_wayland_surface_get_wl_surface (surface));
}

static void
set_edge (GtkWindow *window, GtkLayerShellEdge edge, gboolean anchored, int margin)
{
  gtk_layer_set_anchor (window, edge, anchored);
  gtk_layer_set_margin (window, edge, anchored ? margin : 0);
}

static void
fill_area (GtkWindow *window, const GdkRectangle *place)
{
  GtkWidget *content = gtk_window_get_child (window);

  for (int edge = 0; edge < GTK_LAYER_SHELL_EDGE_ENTRY_NUMBER; edge++)
    set_edge (window, edge, TRUE, 0);
  gtk_layer_set_exclusive_zone (window, 0);

  gtk_widget_set_halign (content, GTK_ALIGN_START);
  gtk_widget_set_valign (content, GTK_ALIGN_START);
  gtk_widget_set_margin_start (content, place->x);
  gtk_widget_set_margin_top (content, place->y);
}

/* Anchors the layer to the nearest edges, because the area may change. */
static void
fit_captions (CapPlacementLayer *self,
              GtkWindow *window,
              const CapGeometry *geometry,
              const GdkRectangle *place)
{
  GtkWidget *content = gtk_window_get_child (window);
  gboolean is_free = geometry->position == CAP_POSITION_FREE;
  gboolean bottom = is_free ? geometry->y > 0.5 : geometry->position == CAP_POSITION_BOTTOM;
  gboolean right = geometry->x > 0.5;

  set_edge (window, GTK_LAYER_SHELL_EDGE_LEFT, is_free && !right, place->x);
  set_edge (window, GTK_LAYER_SHELL_EDGE_RIGHT, is_free && right, self->area.width - place->x - place->width);
  set_edge (window, GTK_LAYER_SHELL_EDGE_TOP, !bottom, place->y);
  set_edge (window, GTK_LAYER_SHELL_EDGE_BOTTOM, bottom, self->area.height - place->y - place->height);
  gtk_layer_set_exclusive_zone (window, geometry->docked && !is_free ? place->height : 0);

  gtk_widget_set_halign (content, GTK_ALIGN_FILL);
  gtk_widget_set_valign (content, GTK_ALIGN_FILL);
  gtk_widget_set_margin_start (content, 0);
  gtk_widget_set_margin_top (content, 0);
}

static void
update_area (CapPlacementLayer *self, GdkMonitor *monitor)
{
  GdkRectangle geometry;

  gdk_monitor_get_geometry (monitor, &geometry);
  if (gdk_rectangle_equal (&geometry, &self->monitor))
    return;

  self->monitor = geometry;
  self->area = (GdkRectangle) { 0, 0, geometry.width, geometry.height };
  self->area_known = FALSE;
}

static void
apply (CapPlacement *placement, const CapGeometry *geometry)
{
  CapPlacementLayer *self = CAP_PLACEMENT_LAYER (placement);
  GtkWindow *window = cap_placement_get_window (placement);
  g_autoptr (GdkMonitor) monitor = choose_monitor (placement, geometry);
  GdkRectangle place;

  if (monitor == NULL)
    return;

  update_area (self, monitor);
  place = cap_geometry_fit (geometry, &self->area, &self->area);
  cap_placement_set_place (placement, &self->area, &place);

  choose_layer (window, geometry->over_fullscreen);
  gtk_widget_set_size_request (gtk_window_get_child (window), place.width, -1);
  gtk_window_set_default_size (window, place.width, place.height);
  if (is_full (self))
    fill_area (window, &place);
  else
    fit_captions (self, window, geometry, &place);

  /* The layer was unmapped with its monitor. */
  if (gtk_widget_get_visible (GTK_WIDGET (window)) && !gtk_widget_get_mapped (GTK_WIDGET (window)))
    gtk_widget_map (GTK_WIDGET (window));

  /* Layer properties take effect with the next frame. */
  gtk_widget_queue_draw (GTK_WIDGET (window));
}

static gboolean
to_monitor (CapPlacement *placement, double *x, double *y)
{
  /* The coordinates agree, because the layer fills the area. */
  return TRUE;
}
