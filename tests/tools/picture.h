/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Widgets as pixels, for tests of how things look. */

typedef struct
{
  GdkTexture *texture;
  int width, height;
  guint32 *pixels; /* premultiplied ARGB */
} Picture;

/* A window with @child in it, once it is on the screen. */
GtkWindow *picture_open_window (GtkWidget *child, int width, int height);
/* Until all that was changed before has been drawn. */
void picture_wait (GtkWidget *widget);
/* Of what a mapped widget draws: @margin more on each side, for what is beyond
 * its bounds. Transparent where there is nothing. */
Picture *picture_new (GtkWidget *widget, int margin);
/* The same, but from what is on the screen, with all of its children. */
Picture *picture_new_of_children (GtkWidget *widget);
void picture_free (Picture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Picture, picture_free)

/* How many pixels of that rectangle are nearly @color (0xAARRGGBB). */
guint picture_count (Picture *self, GdkRectangle where, guint32 color);
/* The smallest rectangle with all pixels that are nearly @color; no width when
 * there are none. */
GdkRectangle picture_find (Picture *self, guint32 color);
/* FALSE: it could not be written. */
gboolean picture_save (Picture *self, const char *path);

G_END_DECLS
