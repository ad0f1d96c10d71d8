/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/picture.h"

#define NEAR 24

static void
on_after_paint (GdkFrameClock *clock, gboolean *painted)
{
  *painted = TRUE;
}

void
picture_wait (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean painted = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &painted);

  gtk_widget_queue_draw (widget);
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

GtkWindow *
picture_open_window (GtkWidget *child, int width, int height)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());

  gtk_window_set_decorated (window, FALSE);
  gtk_window_set_default_size (window, width, height);
  gtk_window_set_child (window, child);
  gtk_window_present (window);
  while (!gtk_widget_get_mapped (child) || gtk_widget_get_width (child) == 0)
    g_main_context_iteration (NULL, TRUE);
  picture_wait (child);
  return window;
}

static Picture *
render (GtkWidget *widget, GskRenderNode *node, int margin)
{
  Picture *self = g_new0 (Picture, 1);
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));

  self->width = gtk_widget_get_width (widget) + 2 * margin;
  self->height = gtk_widget_get_height (widget) + 2 * margin;
  self->pixels = g_new0 (guint32, self->width * self->height);
  if (node == NULL)
    return self;

  self->texture = gsk_renderer_render_texture (
      renderer, node, &GRAPHENE_RECT_INIT (-margin, -margin, self->width, self->height));
  gdk_texture_download (self->texture, (guchar *) self->pixels, self->width * sizeof (guint32));
  return self;
}

Picture *
picture_new (GtkWidget *widget, int margin)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  Picture *self;

  GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  self = render (widget, node, margin);
  g_clear_pointer (&node, gsk_render_node_unref);
  return self;
}

Picture *
picture_new_of_children (GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  Picture *self;

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (snapshot);
  self = render (widget, node, 0);
  g_clear_pointer (&node, gsk_render_node_unref);
  return self;
}

void
picture_free (Picture *self)
{
  g_clear_object (&self->texture);
  g_free (self->pixels);
  g_free (self);
}

static gboolean
is_near (guint32 a, guint32 b)
{
  for (guint shift = 0; shift < 32; shift += 8)
    if (ABS ((int) (a >> shift & 0xff) - (int) (b >> shift & 0xff)) > NEAR)
      return FALSE;
  return TRUE;
}

guint
picture_count (Picture *self, GdkRectangle where, guint32 color)
{
  guint count = 0;

  for (int y = MAX (where.y, 0); y < MIN (where.y + where.height, self->height); y++)
    for (int x = MAX (where.x, 0); x < MIN (where.x + where.width, self->width); x++)
      count += is_near (self->pixels[y * self->width + x], color) ? 1 : 0;
  return count;
}

GdkRectangle
picture_find (Picture *self, guint32 color)
{
  int left = self->width, right = 0, top = self->height, bottom = 0;

  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      if (is_near (self->pixels[y * self->width + x], color))
        {
          left = MIN (left, x);
          right = MAX (right, x + 1);
          top = MIN (top, y);
          bottom = MAX (bottom, y + 1);
        }
  if (right <= left)
    return (GdkRectangle) { 0 };
  return (GdkRectangle) { left, top, right - left, bottom - top };
}

gboolean
picture_save (Picture *self, const char *path)
{
  return self->texture != NULL && gdk_texture_save_to_png (self->texture, path);
}
