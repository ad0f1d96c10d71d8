/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/placement-x11-window.h"

#include <X11/Xatom.h>
#include <X11/Xutil.h>
#include <X11/extensions/shape.h>

#define ALL_DESKTOPS 0xFFFFFFFF
#define STATE_REMOVE 0
#define STATE_ADD 1
/* Limit for properties that list windows, in units of 32 bits. */
#define LONGS_MAX 65536

#define ATOM(surface, name) \
  gdk_x11_get_xatom_by_name_for_display (gdk_surface_get_display (surface), name)
#define XDISPLAY(surface) GDK_SURFACE_XDISPLAY (surface)
#define XID(surface) gdk_x11_surface_get_xid (surface)

/* properties */

static void
set_longs (GdkSurface *surface, const char *name, Atom type, const long *values, int n)
{
  XChangeProperty (XDISPLAY (surface), XID (surface), ATOM (surface, name), type, 32, PropModeReplace,
                   (const guchar *) values, n);
}

static void
delete_property (GdkSurface *surface, const char *name)
{
  XDeleteProperty (XDISPLAY (surface), XID (surface), ATOM (surface, name));
}

/* Reads a property of any window, which may no longer exist. Free with XFree (). */
static long *
get_longs (GdkDisplay *display, Window window, const char *name, gulong *n)
{
  Atom type;
  int format;
  gulong rest;
  guchar *data = NULL;
  int status;

  *n = 0;
  gdk_x11_display_error_trap_push (display);
  status = XGetWindowProperty (GDK_DISPLAY_XDISPLAY (display), window,
                               gdk_x11_get_xatom_by_name_for_display (display, name), 0, LONGS_MAX, False,
                               AnyPropertyType, &type, &format, n, &rest, &data);
  gdk_x11_display_error_trap_pop_ignored (display);

  if (status != Success || format != 32)
    {
      g_clear_pointer (&data, XFree);
      *n = 0;
    }

  return (long *) data;
}

static void
set_type (GdkSurface *surface, const CapX11Role *role)
{
  long types[4];
  int n = 0;

  /* Window managers use the first type that they support. KWin keeps plain
   * notifications below fullscreen windows. Openbox does not support notifications. */
  if (role->dock)
    types[n++] = ATOM (surface, "_NET_WM_WINDOW_TYPE_DOCK");
  if (role->notification)
    {
      types[n++] = ATOM (surface, "_KDE_NET_WM_WINDOW_TYPE_CRITICAL_NOTIFICATION");
      types[n++] = ATOM (surface, "_NET_WM_WINDOW_TYPE_NOTIFICATION");
    }
  if (!role->dock)
    types[n++] = ATOM (surface, "_NET_WM_WINDOW_TYPE_UTILITY");

  set_longs (surface, "_NET_WM_WINDOW_TYPE", XA_ATOM, types, n);
}

static void
set_state (GdkSurface *surface, const CapX11Role *role)
{
  const long states[] = {
    ATOM (surface, role->above ? "_NET_WM_STATE_ABOVE" : "_NET_WM_STATE_BELOW"),
    ATOM (surface, "_NET_WM_STATE_STICKY"),
    ATOM (surface, "_NET_WM_STATE_SKIP_TASKBAR"),
    ATOM (surface, "_NET_WM_STATE_SKIP_PAGER"),
  };
  const long desktop = ALL_DESKTOPS;

  set_longs (surface, "_NET_WM_STATE", XA_ATOM, states, G_N_ELEMENTS (states));
  set_longs (surface, "_NET_WM_DESKTOP", XA_CARDINAL, &desktop, 1);
}

static void
set_keyboard (GdkSurface *surface, gboolean keyboard)
{
  Display *display = XDISPLAY (surface);
  XWMHints *hints = XGetWMHints (display, XID (surface));
  Atom *protocols = NULL;
  int n = 0, n_kept = 0;
  Atom take_focus = ATOM (surface, "WM_TAKE_FOCUS");
  g_autofree Atom *kept = NULL;

  if (hints == NULL)
    hints = XAllocWMHints ();
  hints->flags |= InputHint;
  hints->input = keyboard;
  XSetWMHints (display, XID (surface), hints);
  XFree (hints);

  XGetWMProtocols (display, XID (surface), &protocols, &n);
  kept = g_new (Atom, n + 1);
  for (int i = 0; i < n; i++)
    if (protocols[i] != take_focus)
      kept[n_kept++] = protocols[i];
  if (keyboard)
    kept[n_kept++] = take_focus;
  XSetWMProtocols (display, XID (surface), kept, n_kept);
  g_clear_pointer (&protocols, XFree);
}

static void
set_no_user_time (GdkSurface *surface)
{
  const long never = 0;

  /* 0 means no focus when the window is mapped. GDK keeps the time at another
   * window. */
  delete_property (surface, "_NET_WM_USER_TIME_WINDOW");
  set_longs (surface, "_NET_WM_USER_TIME", XA_CARDINAL, &never, 1);
}

static void
set_own_place (GdkSurface *surface)
{
  XSizeHints hints;
  long supplied;

  if (!XGetWMNormalHints (XDISPLAY (surface), XID (surface), &hints, &supplied))
    hints.flags = 0;

  /* The position counts as chosen by the user, so that the window manager does not
   * change it. */
  hints.flags |= USPosition | PPosition;
  XSetWMNormalHints (XDISPLAY (surface), XID (surface), &hints);
}

static void
send_to_root (GdkSurface *surface, const char *name, long a, long b, long c)
{
  Display *display = XDISPLAY (surface);
  XEvent event = { 0 };

  event.xclient.type = ClientMessage;
  event.xclient.window = XID (surface);
  event.xclient.message_type = ATOM (surface, name);
  event.xclient.format = 32;
  event.xclient.data.l[0] = a;
  event.xclient.data.l[1] = b;
  event.xclient.data.l[2] = c;
  event.xclient.data.l[3] = 1; /* source indication: an application */

  XSendEvent (display, DefaultRootWindow (display), False,
              SubstructureRedirectMask | SubstructureNotifyMask, &event);
}

/* public */

void
cap_x11_window_introduce (GdkSurface *surface, const CapX11Role *role)
{
  g_return_if_fail (GDK_IS_SURFACE (surface));
  g_return_if_fail (role != NULL);

  set_type (surface, role);
  set_state (surface, role);
  set_keyboard (surface, role->keyboard);
  set_no_user_time (surface);
  set_own_place (surface);
}

void
cap_x11_window_update (GdkSurface *surface, const CapX11Role *role)
{
  const long above = ATOM (surface, "_NET_WM_STATE_ABOVE");
  const long below = ATOM (surface, "_NET_WM_STATE_BELOW");

  send_to_root (surface, "_NET_WM_STATE", STATE_REMOVE, role->above ? below : above, 0);
  send_to_root (surface, "_NET_WM_STATE", STATE_ADD, role->above ? above : below,
                ATOM (surface, "_NET_WM_STATE_STICKY"));
  send_to_root (surface, "_NET_WM_STATE", STATE_ADD, ATOM (surface, "_NET_WM_STATE_SKIP_TASKBAR"),
                ATOM (surface, "_NET_WM_STATE_SKIP_PAGER"));
  send_to_root (surface, "_NET_WM_DESKTOP", ALL_DESKTOPS, 1, 0);
  set_keyboard (surface, role->keyboard);
  XFlush (XDISPLAY (surface));
}

void
cap_x11_window_place (GdkSurface *surface, const GdkRectangle *rectangle)
{
  g_return_if_fail (GDK_IS_SURFACE (surface));

  XMoveResizeWindow (XDISPLAY (surface), XID (surface), rectangle->x, rectangle->y, rectangle->width,
                     rectangle->height);
  XFlush (XDISPLAY (surface));
}

void
cap_x11_window_reserve (GdkSurface *surface, const GdkRectangle *rectangle, gboolean bottom)
{
  XWindowAttributes root;
  long strut[12] = { 0 };

  g_return_if_fail (GDK_IS_SURFACE (surface));

  if (rectangle == NULL)
    {
      delete_property (surface, "_NET_WM_STRUT");
      delete_property (surface, "_NET_WM_STRUT_PARTIAL");
      return;
    }

  /* Struts count from the edges of the whole screen, which may be far from those of
   * the monitor. */
  XGetWindowAttributes (XDISPLAY (surface), DefaultRootWindow (XDISPLAY (surface)), &root);
  strut[bottom ? 3 : 2] = bottom ? root.height - rectangle->y : rectangle->y + rectangle->height;
  strut[bottom ? 10 : 8] = rectangle->x;
  strut[bottom ? 11 : 9] = rectangle->x + rectangle->width - 1;
  set_longs (surface, "_NET_WM_STRUT", XA_CARDINAL, strut, 4);
  set_longs (surface, "_NET_WM_STRUT_PARTIAL", XA_CARDINAL, strut, 12);
}

void
cap_x11_window_cut (GdkSurface *surface, const cairo_region_t *region)
{
  int scale;
  int n = region != NULL ? cairo_region_num_rectangles (region) : 0;
  g_autofree XRectangle *rectangles = NULL;

  g_return_if_fail (GDK_IS_SURFACE (surface));

  scale = gdk_surface_get_scale_factor (surface);
  rectangles = g_new0 (XRectangle, n + 1);
  for (int i = 0; i < n; i++)
    {
      cairo_rectangle_int_t r;

      cairo_region_get_rectangle (region, i, &r);
      rectangles[i] = (XRectangle) { r.x * scale, r.y * scale, r.width * scale, r.height * scale };
    }

  if (region == NULL)
    XShapeCombineMask (XDISPLAY (surface), XID (surface), ShapeBounding, 0, 0, None, ShapeSet);
  else
    XShapeCombineRectangles (XDISPLAY (surface), XID (surface), ShapeBounding, 0, 0, rectangles, n, ShapeSet,
                             Unsorted);
  XFlush (XDISPLAY (surface));
}

static Atom
get_compositor_atom (GdkDisplay *display)
{
  g_autofree char *name = g_strdup_printf ("_NET_WM_CM_S%d", DefaultScreen (GDK_DISPLAY_XDISPLAY (display)));

  return gdk_x11_get_xatom_by_name_for_display (display, name);
}

gboolean
cap_x11_is_composited (GdkDisplay *display)
{
  g_return_val_if_fail (GDK_IS_DISPLAY (display), FALSE);

  return XGetSelectionOwner (GDK_DISPLAY_XDISPLAY (display), get_compositor_atom (display)) != None;
}

gboolean
cap_x11_begins_compositing (GdkDisplay *display, const XEvent *event)
{
  g_return_val_if_fail (GDK_IS_DISPLAY (display), FALSE);

  return event->type == ClientMessage && event->xclient.format == 32
         && event->xclient.message_type == gdk_x11_get_xatom_by_name_for_display (display, "MANAGER")
         && (Atom) event->xclient.data.l[1] == get_compositor_atom (display);
}

static Window
get_active (GdkDisplay *display)
{
  gulong n;
  long *value = get_longs (display, gdk_x11_display_get_xrootwindow (display), "_NET_ACTIVE_WINDOW", &n);
  Window window = n > 0 ? (Window) *value : None;

  g_clear_pointer (&value, XFree);
  return window;
}

static gboolean
has_atom (GdkDisplay *display, Window window, const char *property, const char *name)
{
  Atom atom = gdk_x11_get_xatom_by_name_for_display (display, name);
  gulong n;
  long *atoms = get_longs (display, window, property, &n);
  gboolean found = FALSE;

  for (gulong i = 0; i < n && !found; i++)
    found = (Atom) atoms[i] == atom;

  g_clear_pointer (&atoms, XFree);
  return found;
}

Window
cap_x11_find_fullscreen (GdkDisplay *display)
{
  Window window;

  g_return_val_if_fail (GDK_IS_DISPLAY (display), None);

  window = get_active (display);
  if (window == None || gdk_x11_surface_lookup_for_display (display, window) != NULL)
    return None;

  return has_atom (display, window, "_NET_WM_STATE", "_NET_WM_STATE_FULLSCREEN") ? window : None;
}

gboolean
cap_x11_window_is_below (GdkSurface *surface, Window other)
{
  GdkDisplay *display;
  Window root;
  gulong n;
  long *windows;
  gboolean seen = FALSE, below = FALSE;

  g_return_val_if_fail (GDK_IS_SURFACE (surface), FALSE);

  display = gdk_surface_get_display (surface);
  root = gdk_x11_display_get_xrootwindow (display);
  windows = get_longs (display, root, "_NET_CLIENT_LIST_STACKING", &n);
  for (gulong i = 0; i < n; i++)
    {
      if ((Window) windows[i] == XID (surface))
        seen = TRUE;
      else if ((Window) windows[i] == other)
        below = seen;
    }

  g_clear_pointer (&windows, XFree);
  return below;
}

void
cap_x11_window_set_owner (GdkSurface *surface, Window other)
{
  g_return_if_fail (GDK_IS_SURFACE (surface));

  if (other != None)
    XSetTransientForHint (XDISPLAY (surface), XID (surface), other);
  else
    XDeleteProperty (XDISPLAY (surface), XID (surface), XA_WM_TRANSIENT_FOR);
  XFlush (XDISPLAY (surface));
}

gboolean
cap_x11_find_pointer (GdkDisplay *display, int *x, int *y)
{
  Display *xdisplay;
  Window screen, root, child;
  int window_x, window_y;
  guint mask;

  g_return_val_if_fail (GDK_IS_DISPLAY (display), FALSE);

  xdisplay = GDK_DISPLAY_XDISPLAY (display);
  screen = DefaultRootWindow (xdisplay);
  return XQueryPointer (xdisplay, screen, &root, &child, x, y, &window_x, &window_y, &mask);
}
