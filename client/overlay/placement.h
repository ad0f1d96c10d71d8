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

  /* Before the window is realized. */
  void (*prepare) (CapPlacement *self, GtkWindow *window);
  /* Now, and whenever something of it changes; also while it is not visible. */
  void (*apply) (CapPlacement *self, const CapGeometry *geometry);
  /* The window's own move, where places cannot be chosen; or NULL. */
  void (*begin_move) (CapPlacement *self, GdkDevice *device, double x, double y, guint32 time);
};

/* The best one for the display that GTK has opened. */
CapPlacement *cap_placement_new (void);
const char *cap_placement_get_name (CapPlacement *self); /* "layer-shell", "x11", "window" */

void cap_placement_prepare (CapPlacement *self, GtkWindow *window);
void cap_placement_apply (CapPlacement *self, const CapGeometry *geometry);
/* FALSE: the window is to be moved by changing its geometry. */
gboolean cap_placement_begin_move (CapPlacement *self, GdkDevice *device, double x, double y, guint32 time);
/* What the user has to do by hand, translated; NULL for nothing. */
const char *cap_placement_get_advice (CapPlacement *self);

/* Before gtk_init: chooses the windowing system in which captions can be kept
 * above (see docs of the overlay); leaves GDK_BACKEND alone where it is set. */
void cap_placement_choose_backend (void);

G_END_DECLS
