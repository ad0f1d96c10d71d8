/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Widgets as pixels, for tests of their appearance. */

typedef struct
{
  GdkTexture *texture;
  int width, height;
  guint32 *pixels; /* premultiplied ARGB */
} Picture;

/* Opens a window with @child and waits until it is on the screen. */
GtkWindow *picture_open_window (GtkWidget *child, int width, int height);
/* Waits until GTK has drawn all earlier changes. */
void picture_wait (GtkWidget *widget);
/* Draws a mapped widget: @margin adds pixels on each side, for content outside its
 * bounds. Empty parts are transparent. */
Picture *picture_new (GtkWidget *widget, int margin);
/* Draws a mapped widget with all its children, as on the screen. */
Picture *picture_new_of_children (GtkWidget *widget);
void picture_free (Picture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Picture, picture_free)

/* Counts the pixels in the rectangle that are nearly @color (0xAARRGGBB). */
guint picture_count (Picture *self, GdkRectangle where, guint32 color);
/* The smallest rectangle that contains all pixels that are nearly @color; empty if there
 * are none. */
GdkRectangle picture_find (Picture *self, guint32 color);
/* Returns FALSE if the file cannot be written. */
gboolean picture_save (Picture *self, const char *path);

G_END_DECLS
