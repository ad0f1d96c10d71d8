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

/* Where the captions are to be. */
typedef struct
{
  CapPosition position;
  int margin;          /* pixels from the edge, of top and bottom */
  double x, y;         /* of free: place of the window's middle in the monitor, 0 to 1 */
  int width;           /* per cent of the monitor's */
  int height;          /* pixels that the window needs */
  char *monitor;       /* connector; "" for the one that the desktop takes */
  gboolean over_fullscreen;
  gboolean docked;     /* other windows keep off; not with free */
} CapGeometry;

/* A way to keep a window on the screen, above others and without the focus.
 * A new one is a new file and one line in placement.c. */
#define CAP_TYPE_PLACEMENT (cap_placement_get_type ())
G_DECLARE_DERIVABLE_TYPE (CapPlacement, cap_placement, CAP, PLACEMENT, GObject)

struct _CapPlacementClass
{
  GObjectClass parent_class;

  const char *name;
  const char *advice; /* see get_advice, not yet translated */

  gboolean (*works_on) (GdkDisplay *display);
  /* Before the window is realized. */
  void (*prepare) (CapPlacement *self, GtkWindow *window);
  /* Now, and whenever something of it, or of the monitors, changes; also while
   * the window is not visible. */
  void (*apply) (CapPlacement *self, const CapGeometry *geometry);
  /* Whether clicks and keys are for the window. */
  void (*set_interactive) (CapPlacement *self, gboolean interactive);
  void (*take_focus) (CapPlacement *self);
  /* Or NULL, where windows are transparent. */
  void (*set_drawn) (CapPlacement *self, const cairo_region_t *drawn);
  /* NULL where nobody knows. */
  gboolean (*to_monitor) (CapPlacement *self, double *x, double *y);
};

/* The best one for the display that GTK has opened. */
CapPlacement *cap_placement_new (void);
const char *cap_placement_get_name (CapPlacement *self); /* "layer-shell", "x11", "window" */

/* Once. @window has its child, which is made as wide as captions are to be, and
 * which may be smaller than @window. */
void cap_placement_prepare (CapPlacement *self, GtkWindow *window);
void cap_placement_apply (CapPlacement *self, const CapGeometry *geometry);

/* An interactive window can be given the keyboard, by a click or by
 * take_focus; any other never gets it. FALSE in the beginning. */
void cap_placement_set_interactive (CapPlacement *self, gboolean interactive);
/* Because the user asked for it, and for no other reason. */
void cap_placement_take_focus (CapPlacement *self);

/* Where something is drawn; NULL for everywhere. The rest is cut off where a
 * screen knows no transparency. */
void cap_placement_set_drawn (CapPlacement *self, const cairo_region_t *drawn);

/* Where the captions are, or are to be, in @monitor, of which panels may have
 * been taken off: application pixels. FALSE when nobody knows; then they are
 * moved by begin_move. */
gboolean cap_placement_get_place (CapPlacement *self, GdkRectangle *monitor, GdkRectangle *captions);
/* @x and @y: of the pointer, from places in the window, of its last event, to
 * places in the monitor. FALSE when nobody knows. */
gboolean cap_placement_to_monitor (CapPlacement *self, double *x, double *y);
/* Where places cannot be chosen: the desktop moves the window. */
void cap_placement_begin_move (CapPlacement *self, GdkDevice *device, double x, double y, guint32 time);

/* What the user has to do by hand, translated; NULL for nothing. */
const char *cap_placement_get_advice (CapPlacement *self);

/* Before gtk_init: chooses the windowing system in which captions can be kept
 * above other windows. Layers of Wayland first; X11 next, also inside Wayland,
 * where an ordinary window cannot stay above; Wayland without layers last.
 * Leaves GDK_BACKEND alone where it is set. */
void cap_placement_choose_backend (void);

/* For placements */

GtkWindow *cap_placement_get_window (CapPlacement *self);
/* The monitor of @geometry; when it is not there, what stands in for it, or
 * NULL. Full reference. */
GdkMonitor *cap_placement_find_monitor (CapPlacement *self, const CapGeometry *geometry);
/* What apply came to. */
void cap_placement_set_place (CapPlacement *self, const GdkRectangle *monitor, const GdkRectangle *captions);
/* Once more, for something around the window has changed. */
void cap_placement_reapply (CapPlacement *self);

/* The captions' place in @area, which is what is free of @monitor; both in the
 * same coordinates, which are those of the result. */
GdkRectangle cap_geometry_fit (const CapGeometry *geometry,
                               const GdkRectangle *monitor,
                               const GdkRectangle *area);

G_END_DECLS
