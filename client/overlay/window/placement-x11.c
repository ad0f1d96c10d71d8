/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/placement-kinds.h"
#include "overlay/window/placement-x11-window.h"

/* A window that asks the window manager to keep it above all others. */
struct _CapPlacementX11
{
  CapPlacement parent_instance;

  CapX11Role role;
  gboolean over_fullscreen;
  Window covering; /* fullscreen window whose dialog we are, or None */

  GdkRectangle monitor;
  GdkRectangle free_area; /* of the monitor without panels and without our own strut */
  gboolean reserved;
  gboolean bottom;
  int width, height; /* current size of the window */
  GdkRectangle place; /* device pixels of the whole screen */

  cairo_region_t *drawn; /* NULL for the whole window */

  guint release_id; /* pending while we hold the server grab */
};

G_DEFINE_FINAL_TYPE (CapPlacementX11, cap_placement_x11, CAP_TYPE_PLACEMENT)

static void release_server (CapPlacementX11 *self);
static void apply (CapPlacement *placement, const CapGeometry *geometry);
static gboolean to_monitor (CapPlacement *placement, double *x, double *y);
static void set_drawn (CapPlacement *placement, const cairo_region_t *drawn);
static void set_interactive (CapPlacement *placement, gboolean interactive);
static void take_focus (CapPlacement *placement);
static gboolean works_on (GdkDisplay *display);
static void prepare (CapPlacement *placement, GtkWindow *window);

/* lifecycle */

static void
cap_placement_x11_dispose (GObject *object)
{
  CapPlacementX11 *self = CAP_PLACEMENT_X11 (object);

  release_server (self);
  g_clear_pointer (&self->drawn, cairo_region_destroy);

  G_OBJECT_CLASS (cap_placement_x11_parent_class)->dispose (object);
}

static void
cap_placement_x11_class_init (CapPlacementX11Class *klass)
{
  CapPlacementClass *class = CAP_PLACEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cap_placement_x11_dispose;
  class->name = "x11";
  class->works_on = works_on;
  class->prepare = prepare;
  class->apply = apply;
  class->set_interactive = set_interactive;
  class->take_focus = take_focus;
  class->set_drawn = set_drawn;
  class->to_monitor = to_monitor;
}

static void
cap_placement_x11_init (CapPlacementX11 *self)
{
  self->role.above = TRUE;
  self->over_fullscreen = TRUE;
}

static GdkSurface *
get_surface (CapPlacementX11 *self)
{
  GtkWindow *window = cap_placement_get_window (CAP_PLACEMENT (self));

  return window != NULL ? gtk_native_get_surface (GTK_NATIVE (window)) : NULL;
}

static gboolean
is_mapped (CapPlacementX11 *self)
{
  GdkSurface *surface = get_surface (self);

  return surface != NULL && gdk_surface_get_mapped (surface);
}

/* mapping */

static void
release_server (CapPlacementX11 *self)
{
  if (self->release_id == 0)
    return;

  g_clear_handle_id (&self->release_id, g_source_remove);
  XUngrabServer (GDK_DISPLAY_XDISPLAY (gdk_display_get_default ()));
  XFlush (GDK_DISPLAY_XDISPLAY (gdk_display_get_default ()));
}

static gboolean
on_release (gpointer user_data)
{
  CapPlacementX11 *self = user_data;

  release_server (self);
  return G_SOURCE_REMOVE;
}

static void set_covering (CapPlacementX11 *self, Window window);

static void
on_surface_mapped (CapPlacementX11 *self)
{
  GdkSurface *surface = get_surface (self);

  if (!is_mapped (self))
    return;

  /* The property has survived while the window was hidden. */
  set_covering (self, None);

  /* GDK now writes its own properties and maps the window at once. The grab keeps
   * the window manager from reading them before we have corrected them, because it
   * would give the window the focus. */
  XGrabServer (GDK_SURFACE_XDISPLAY (surface));
  self->release_id = g_idle_add_full (G_PRIORITY_HIGH, on_release, self, NULL);
}

static void
move (CapPlacementX11 *self)
{
  GdkSurface *surface = get_surface (self);

  if (surface == NULL)
    return;

  cap_x11_window_reserve (surface, self->reserved ? &self->place : NULL, self->bottom);
  cap_x11_window_place (surface, &self->place);
}

static void
cut (CapPlacementX11 *self)
{
  GdkSurface *surface = get_surface (self);
  gboolean transparent;

  if (surface == NULL)
    return;

  transparent = cap_x11_is_composited (gdk_surface_get_display (surface));
  cap_x11_window_cut (surface, transparent ? NULL : self->drawn);
}

static void
on_map (CapPlacementX11 *self)
{
  GdkSurface *surface = get_surface (self);

  cap_x11_window_introduce (surface, &self->role);
  move (self);
  cut (self);
  release_server (self);

  /* Window managers remove the state of unmapped windows, possibly only now. */
  cap_x11_window_update (surface, &self->role);
}

static void
set_role (CapPlacementX11 *self, CapX11Role role)
{
  CapX11Role before = self->role;
  GtkWidget *window = GTK_WIDGET (cap_placement_get_window (CAP_PLACEMENT (self)));

  self->role = role;
  if (!is_mapped (self))
    return;

  if (before.dock != role.dock || before.notification != role.notification)
    {
      /* Window managers read these properties only when a window is mapped. */
      gtk_widget_unmap (window);
      gtk_widget_map (window);
    }
  else if (before.above != role.above || before.keyboard != role.keyboard)
    {
      cap_x11_window_update (get_surface (self), &role);
    }
}

/* fullscreen windows */

static void
set_covering (CapPlacementX11 *self, Window window)
{
  if (window == self->covering)
    return;

  self->covering = window;
  cap_x11_window_set_owner (get_surface (self), window);
}

static void
look_for_fullscreen (CapPlacementX11 *self)
{
  GdkSurface *surface = get_surface (self);
  CapX11Role role = self->role;
  Window window;

  if (!is_mapped (self))
    return;

  window = cap_x11_find_fullscreen (gdk_surface_get_display (surface));
  if (!self->over_fullscreen)
    {
      set_covering (self, None);
      role.above = window == None;
      set_role (self, role);
      return;
    }

  /* Some window managers keep a fullscreen window above all windows except its own
   * dialogs. */
  if (window == None || (window != self->covering && self->covering != None))
    set_covering (self, None);
  if (window != None && cap_x11_window_is_below (surface, window))
    set_covering (self, window);
}

static gboolean
on_xevent (CapPlacementX11 *self, gpointer data, GdkDisplay *display)
{
  const XEvent *event = data;
  const char *name;

  if (cap_x11_begins_compositing (display, event))
    cut (self);
  if (event->type != PropertyNotify || event->xproperty.window != gdk_x11_display_get_xrootwindow (display))
    return GDK_EVENT_PROPAGATE;

  name = gdk_x11_get_xatom_name_for_display (display, event->xproperty.atom);
  if (g_str_equal (name, "_NET_WORKAREA"))
    cap_placement_reapply (CAP_PLACEMENT (self));
  else if (g_str_equal (name, "_NET_ACTIVE_WINDOW") || g_str_equal (name, "_NET_CLIENT_LIST_STACKING"))
    look_for_fullscreen (self);

  return GDK_EVENT_PROPAGATE;
}

static void
watch_root (CapPlacementX11 *self, GdkDisplay *display)
{
  Display *xdisplay = GDK_DISPLAY_XDISPLAY (display);
  Window root = gdk_x11_display_get_xrootwindow (display);
  XWindowAttributes attributes;

  /* GDK has selected events of this window over the same connection, which must be
   * kept. */
  XGetWindowAttributes (xdisplay, root, &attributes);
  XSelectInput (xdisplay, root, attributes.your_event_mask | PropertyChangeMask | StructureNotifyMask);
  g_signal_connect_object (display, "xevent", G_CALLBACK (on_xevent), self, G_CONNECT_SWAPPED);
}

/* position */

/* Updates the area of the monitor without panels. The work area of the window
 * manager lacks our own strut too; therefore it is read only while there is none. */
static void
update_free_area (CapPlacementX11 *self, GdkMonitor *monitor)
{
  GdkRectangle geometry;

  gdk_monitor_get_geometry (monitor, &geometry);
  if (!self->reserved)
    gdk_x11_monitor_get_workarea (monitor, &self->free_area);
  else if (!gdk_rectangle_equal (&geometry, &self->monitor))
    self->free_area = geometry;
  self->monitor = geometry;
}

static void
apply (CapPlacement *placement, const CapGeometry *geometry)
{
  CapPlacementX11 *self = CAP_PLACEMENT_X11 (placement);
  GtkWindow *window = cap_placement_get_window (placement);
  g_autoptr (GdkMonitor) monitor = cap_placement_find_monitor (placement, geometry);
  CapX11Role role = self->role;
  GdkRectangle before = self->place, place;
  gboolean reserved_before = self->reserved;
  int scale;

  if (monitor == NULL)
    return;

  update_free_area (self, monitor);
  place = cap_geometry_fit (geometry, &self->monitor, &self->free_area);
  gtk_widget_set_size_request (gtk_window_get_child (window), place.width, -1);

  scale = get_surface (self) != NULL ? gdk_surface_get_scale_factor (get_surface (self))
                                     : gdk_monitor_get_scale_factor (monitor);
  self->place = (GdkRectangle) {
    .x = place.x * scale,
    .y = place.y * scale,
    .width = place.width * scale,
    .height = place.height * scale,
  };
  self->reserved = geometry->docked && geometry->position != CAP_POSITION_FREE;
  self->bottom = geometry->position == CAP_POSITION_BOTTOM;
  self->over_fullscreen = geometry->over_fullscreen;

  place.x -= self->monitor.x;
  place.y -= self->monitor.y;
  cap_placement_set_place (placement, &self->monitor, &place);

  role.dock = self->reserved;
  role.notification = geometry->over_fullscreen && !role.dock;
  if (self->over_fullscreen)
    role.above = TRUE;
  /* Our strut changes the work area, which calls this function again. */
  if (!gdk_rectangle_equal (&before, &self->place) || reserved_before != self->reserved)
    move (self);
  set_role (self, role);
  look_for_fullscreen (self);
}

static gboolean
to_monitor (CapPlacement *placement, double *x, double *y)
{
  CapPlacementX11 *self = CAP_PLACEMENT_X11 (placement);
  GdkSurface *surface = get_surface (self);
  int scale = gdk_surface_get_scale_factor (surface);
  int pointer_x, pointer_y;

  /* The window manager moves windows with a delay; positions on the screen are
   * reliable. */
  if (!cap_x11_find_pointer (gdk_surface_get_display (surface), &pointer_x, &pointer_y))
    return FALSE;

  *x = (double) pointer_x / scale - self->monitor.x;
  *y = (double) pointer_y / scale - self->monitor.y;
  return TRUE;
}

static void
set_drawn (CapPlacement *placement, const cairo_region_t *drawn)
{
  CapPlacementX11 *self = CAP_PLACEMENT_X11 (placement);

  if (drawn == self->drawn
      || (drawn != NULL && self->drawn != NULL && cairo_region_equal (drawn, self->drawn)))
    return;

  g_clear_pointer (&self->drawn, cairo_region_destroy);
  self->drawn = drawn != NULL ? cairo_region_copy (drawn) : NULL;
  cut (self);
}

/* keyboard */

static void
set_interactive (CapPlacement *placement, gboolean interactive)
{
  CapPlacementX11 *self = CAP_PLACEMENT_X11 (placement);
  CapX11Role role = self->role;

  role.keyboard = interactive;
  set_role (self, role);
}

static void
take_focus (CapPlacement *placement)
{
  CapPlacementX11 *self = CAP_PLACEMENT_X11 (placement);

  /* Window managers require the time of a user action, which is now. */
  if (is_mapped (self))
    gtk_window_present_with_time (cap_placement_get_window (placement),
                                  gdk_x11_get_server_time (get_surface (self)));
}

static gboolean
works_on (GdkDisplay *display)
{
  return GDK_IS_X11_DISPLAY (display);
}

static void
on_layout (CapPlacementX11 *self, int width, int height)
{
  if (width == self->width && height == self->height)
    return;

  /* The window was moved before it had its size, and window managers keep windows
   * on the screen. Also, if it is resized while it is mapped again, GDK may take
   * the old size for a request of the window manager. */
  self->width = width;
  self->height = height;
  move (self);
}

static void
on_realize (CapPlacementX11 *self)
{
  GdkSurface *surface = get_surface (self);

  g_signal_connect_object (surface, "notify::mapped", G_CALLBACK (on_surface_mapped), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (surface, "layout", G_CALLBACK (on_layout), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (surface, "notify::scale-factor", G_CALLBACK (cap_placement_reapply), self,
                           G_CONNECT_SWAPPED);
}

static void
prepare (CapPlacement *placement, GtkWindow *window)
{
  CapPlacementX11 *self = CAP_PLACEMENT_X11 (placement);

  gtk_window_set_resizable (window, FALSE);
  g_signal_connect_object (window, "realize", G_CALLBACK (on_realize), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (window, "map", G_CALLBACK (on_map), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  watch_root (self, gtk_widget_get_display (GTK_WIDGET (window)));
}
