/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gdk/x11/gdkx.h>

G_BEGIN_DECLS

/* Properties of X11 windows for window managers (EWMH, ICCCM), and those that they
 * set. */

typedef struct
{
  gboolean above;        /* above all others; otherwise below them */
  gboolean keyboard;     /* accepts the focus */
  gboolean notification; /* of a type that stays above fullscreen windows */
  gboolean dock;         /* of the type of panels */
} CapX11Role;

/* Sets the properties that are needed before mapping. */
void cap_x11_window_introduce (GdkSurface *surface, const CapX11Role *role);
/* Sets the properties that can change later. */
void cap_x11_window_update (GdkSurface *surface, const CapX11Role *role);

/* @rectangle: device pixels of the whole screen. */
void cap_x11_window_place (GdkSurface *surface, const GdkRectangle *rectangle);
/* Reserves @rectangle and the space between it and the bottom (or, without @bottom,
 * the top) edge. NULL reserves nothing. */
void cap_x11_window_reserve (GdkSurface *surface, const GdkRectangle *rectangle, gboolean bottom);

/* Cuts off everything outside @region, also visually; NULL cuts off nothing. */
void cap_x11_window_cut (GdkSurface *surface, const cairo_region_t *region);

/* Whether windows can be transparent now; GTK checks only once. */
gboolean cap_x11_is_composited (GdkDisplay *display);
/* Whether @event announces the start of a compositing manager. */
gboolean cap_x11_begins_compositing (GdkDisplay *display, const XEvent *event);

/* The active window if it fills a monitor and belongs to another program; otherwise
 * None. */
Window cap_x11_find_fullscreen (GdkDisplay *display);
/* Whether the window manager has put @other above. */
gboolean cap_x11_window_is_below (GdkSurface *surface, Window other);
/* Makes the window a dialog of @other, which window managers keep above it. None
 * for no owner. */
void cap_x11_window_set_owner (GdkSurface *surface, Window other);

/* Position of the pointer in device pixels of the whole screen. */
gboolean cap_x11_find_pointer (GdkDisplay *display, int *x, int *y);

G_END_DECLS
