/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  CAP_POSITION_BOTTOM,
  CAP_POSITION_TOP,
  CAP_POSITION_FREE,
} CapPosition;

/* Position and size of the captions, from the settings. */
typedef struct
{
  CapPosition position;
  int margin;          /* pixels from the edge, for top and bottom */
  double x, y;         /* for free: centre of the window on the monitor, 0 to 1 */
  int width;           /* percent of the width of the monitor */
  int height;          /* height in pixels */
  char *monitor;       /* connector; "" lets the desktop choose */
  gboolean over_fullscreen;
  gboolean docked;     /* reserve screen space; ignored for free */
} CapGeometry;

/* A way to keep a window on the screen, above others and without the focus. A new
 * kind is a new file and a line in placement.c. */
#define CAP_TYPE_PLACEMENT (cap_placement_get_type ())
G_DECLARE_DERIVABLE_TYPE (CapPlacement, cap_placement, CAP, PLACEMENT, GObject)

struct _CapPlacementClass
{
  GObjectClass parent_class;

  const char *name;
  const char *advice; /* N_(); see cap_placement_get_advice () */

  gboolean (*works_on) (GdkDisplay *display);
  /* Called before the window is realized. */
  void (*prepare) (CapPlacement *self, GtkWindow *window);
  /* Called first, and whenever the geometry or the monitors change; also while the
   * window is hidden. */
  void (*apply) (CapPlacement *self, const CapGeometry *geometry);
  /* Whether the window receives clicks and keys. */
  void (*set_interactive) (CapPlacement *self, gboolean interactive);
  void (*take_focus) (CapPlacement *self);
  /* NULL if windows are always transparent. */
  void (*set_drawn) (CapPlacement *self, const cairo_region_t *drawn);
  /* NULL if the place is unknown. */
  gboolean (*to_monitor) (CapPlacement *self, double *x, double *y);
};

/* The best kind for the display that GTK has opened. */
CapPlacement *cap_placement_new (void);

/* Called once. @window has its child, which gets the width of the captions and may
 * be smaller than @window. */
void cap_placement_prepare (CapPlacement *self, GtkWindow *window);
void cap_placement_apply (CapPlacement *self, const CapGeometry *geometry);

/* An interactive window can get the keyboard focus by a click or by
 * cap_placement_take_focus (); another one never gets it. Initially FALSE. */
void cap_placement_set_interactive (CapPlacement *self, gboolean interactive);
/* To be called only when the user asked for it. */
void cap_placement_take_focus (CapPlacement *self);

/* Sets the region with content; NULL for everywhere. On screens without
 * transparency the rest is cut off. */
void cap_placement_set_drawn (CapPlacement *self, const cairo_region_t *drawn);

/* Gets the place of the captions on @monitor, without panels if they are known, in
 * application pixels. Returns FALSE if it is unknown; then cap_placement_begin_move
 * () moves them. */
gboolean cap_placement_get_place (CapPlacement *self, GdkRectangle *monitor, GdkRectangle *captions);
/* Converts the pointer position of the last event from window to monitor
 * coordinates. Returns FALSE if that is not possible. */
gboolean cap_placement_to_monitor (CapPlacement *self, double *x, double *y);
/* Lets the desktop move the window, if positions cannot be set. */
void cap_placement_begin_move (CapPlacement *self, GdkDevice *device, double x, double y, guint32 time);

/* Translated advice if the user has to do something by hand; otherwise NULL. */
const char *cap_placement_get_advice (CapPlacement *self);

/* Chooses the windowing system in which captions can stay above other windows; to
 * be called before gtk_init (). Layers of Wayland come first, then X11 (also inside
 * Wayland, where an ordinary window cannot stay above), and Wayland without layers
 * last. Does nothing if GDK_BACKEND is set. */
void cap_placement_choose_backend (void);

/* For the kinds of placement */

GtkWindow *cap_placement_get_window (CapPlacement *self);
/* The monitor in @geometry, or a substitute if it is not connected, or NULL. Full
 * reference. */
GdkMonitor *cap_placement_find_monitor (CapPlacement *self, const CapGeometry *geometry);
/* Reports the result of apply (). */
void cap_placement_set_place (CapPlacement *self, const GdkRectangle *monitor, const GdkRectangle *captions);
/* Calls apply () again after a change around the window. */
void cap_placement_reapply (CapPlacement *self);

/* The place of the captions in @area, which is the free part of @monitor. All
 * rectangles use the same coordinates. */
GdkRectangle cap_geometry_fit (const CapGeometry *geometry,
                               const GdkRectangle *monitor,
                               const GdkRectangle *area);

G_END_DECLS
