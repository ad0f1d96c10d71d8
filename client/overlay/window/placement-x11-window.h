/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gdk/x11/gdkx.h>

G_BEGIN_DECLS

/* What window managers are told of a window (EWMH, ICCCM), and what they tell. */

typedef struct
{
  gboolean above;        /* otherwise below all others */
  gboolean keyboard;     /* may be given the focus */
  gboolean notification; /* of a kind that is above full-screen windows */
  gboolean dock;         /* of the kind that panels are */
} CapX11Role;

/* All that it has to be told before it is mapped. */
void cap_x11_window_introduce (GdkSurface *surface, const CapX11Role *role);
/* What can be told, or told again, later. */
void cap_x11_window_update (GdkSurface *surface, const CapX11Role *role);

/* @rectangle: device pixels of the whole screen. */
void cap_x11_window_place (GdkSurface *surface, const GdkRectangle *rectangle);
/* @bottom, otherwise at the top: other windows keep off @rectangle and what is
 * between it and the edge. NULL for no more. */
void cap_x11_window_reserve (GdkSurface *surface, const GdkRectangle *rectangle, gboolean bottom);

/* What is not in @region is cut off, also for the eye; NULL for nothing. */
void cap_x11_window_cut (GdkSurface *surface, const cairo_region_t *region);

/* Whether windows may be transparent. GTK looks only once. */
gboolean cap_x11_is_composited (GdkDisplay *display);
/* An event that says that somebody has begun to make them so. */
gboolean cap_x11_begins_compositing (GdkDisplay *display, const XEvent *event);

/* The active window if it fills a screen and is not of this program; else None. */
Window cap_x11_find_fullscreen (GdkDisplay *display);
/* Whether a window manager has put @other above. */
gboolean cap_x11_window_is_below (GdkSurface *surface, Window other);
/* A dialog of @other, which window managers keep above it. None for of no one. */
void cap_x11_window_set_owner (GdkSurface *surface, Window other);

/* Of the pointer, in device pixels of the whole screen. */
gboolean cap_x11_find_pointer (GdkDisplay *display, int *x, int *y);

G_END_DECLS
