/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/line-painter.h"

#include <math.h>
#include <string.h>

/* Fractions of the text size. Fonts for the screen are often set too densely for
 * text that is read from across a room. */
#define LEAST_ABOVE 1.0
#define LEAST_BELOW 0.35
/* Tibetan needs twice the height of Latin; stacked marks get no more than that. */
#define MOST_ROOM 2.2

/* Bytes for each em of width, which is more than two lines in most scripts. */
#define PIECE 6
#define LEAST_PIECE 16

/* Fractions of the edge width. */
#define TOLERANCE 0.3
#define SHADOW_OFFSET 0.9
#define SHADOW_HALO 0.55

struct _CapLinePainter
{
  PangoContext *context;
  CapLook *look;
  double em;
  int above, below;
  int most_above, most_below;
};

/* private */

static PangoLayout *
lay_out (CapLinePainter *self, const char *text, gsize length)
{
  PangoLayout *layout = pango_layout_new (self->context);

  pango_layout_set_font_description (layout, self->look->font);
  /* Otherwise a character that changes the direction of one line would affect the
   * next ones, too. */
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_auto_dir (layout, FALSE);
  pango_layout_set_text (layout, text, length);
  return layout;
}

static void
measure (CapLinePainter *self)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (self->context, self->look->font, NULL);
  double points = (double) pango_font_description_get_size (self->look->font) / PANGO_SCALE;

  self->em = points * pango_cairo_context_get_resolution (self->context) / 72;
  self->above = ceil (MAX (pango_units_to_double (pango_font_metrics_get_ascent (metrics)),
                           self->em * LEAST_ABOVE));
  self->below = ceil (MAX (pango_units_to_double (pango_font_metrics_get_descent (metrics)),
                           self->em * LEAST_BELOW));
  pango_font_metrics_unref (metrics);
  self->most_above = self->above * MOST_ROOM;
  self->most_below = self->below * MOST_ROOM * 2;
}

static void
make_room (CapLinePainter *self, const PangoRectangle *ink)
{
  self->above = MAX (self->above, MIN (PANGO_ASCENT (*ink), self->most_above));
  self->below = MAX (self->below, MIN (PANGO_DESCENT (*ink), self->most_below));
}

static PangoAttrList *
color_runs (CapLinePainter *self, CapRollLine *line)
{
  PangoAttrList *attributes = pango_attr_list_new ();
  gsize start = 0;

  for (guint i = 0; i < line->n_runs; i++)
    {
      const GdkRGBA *color = cap_look_get_color (self->look, line, &line->runs[i]);
      PangoAttribute *attribute = pango_attr_foreground_new (color->red * 65535, color->green * 65535,
                                                             color->blue * 65535);

      attribute->start_index = start;
      attribute->end_index = start + line->runs[i].length;
      start = attribute->end_index;
      pango_attr_list_insert (attributes, attribute);
    }
  return attributes;
}

/* Without colours, Pango makes one path of the whole line. A stroke covers both
 * sides of that path, hence twice the width. */
static void
draw_edge (CapLinePainter *self, cairo_t *cr, PangoLayout *layout)
{
  const GdkRGBA *color = &self->look->edge_color;
  double width = self->look->edge_width * self->em;

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
  cairo_set_tolerance (cr, TOLERANCE);
  cairo_set_source_rgb (cr, color->red, color->green, color->blue);
  cairo_new_path (cr);
  pango_cairo_layout_path (cr, layout);

  if (self->look->edge == CAP_EDGE_OUTLINE)
    {
      cairo_set_line_width (cr, width * 2);
      cairo_stroke (cr);
      return;
    }

  /* A shadow alone leaves one side of white letters without an edge on a white
   * background, so a thin outline is added. */
  cairo_set_line_width (cr, width * 2 * SHADOW_HALO);
  cairo_stroke_preserve (cr);
  cairo_new_path (cr);
  cairo_translate (cr, width * SHADOW_OFFSET, width * SHADOW_OFFSET);
  pango_cairo_layout_path (cr, layout);
  cairo_fill_preserve (cr);
  cairo_stroke (cr);
}

static void
append_edge (CapLinePainter *self, GtkSnapshot *snapshot, PangoLayout *layout, const PangoRectangle *ink)
{
  double margin = ceil (self->look->edge_width * self->em * (1 + SHADOW_OFFSET)) + 1;
  g_autoptr (PangoLayout) plain = pango_layout_copy (layout);
  graphene_rect_t bounds;
  cairo_t *cr;

  pango_layout_set_attributes (plain, NULL);
  graphene_rect_init (&bounds, ink->x - margin, ink->y - margin,
                      ink->width + 2 * margin, ink->height + 2 * margin);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  draw_edge (self, cr, plain);
  cairo_destroy (cr);
}

/* public */

void
cap_painted_line_free (CapPaintedLine *self)
{
  cap_roll_line_unref (self->line);
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_free (self);
}

CapLinePainter *
cap_line_painter_new (PangoContext *context, const CapLook *look)
{
  CapLinePainter *self;

  g_return_val_if_fail (context != NULL, NULL);
  g_return_val_if_fail (look != NULL, NULL);

  self = g_new0 (CapLinePainter, 1);
  self->context = context;
  /* Rounded positions keep letters from shimmering while a line grows, and keep
   * their edges aligned with them. */
  pango_context_set_round_glyph_positions (self->context, TRUE);
  self->look = cap_look_copy (look);
  measure (self);
  return self;
}

void
cap_line_painter_free (CapLinePainter *self)
{
  g_object_unref (self->context);
  cap_look_free (self->look);
  g_free (self);
}

void
cap_line_painter_set_look (CapLinePainter *self, const CapLook *look)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (look != NULL);

  cap_look_free (self->look);
  self->look = cap_look_copy (look);
}

double
cap_line_painter_get_em (CapLinePainter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->em;
}

int
cap_line_painter_get_above (CapLinePainter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->above;
}

int
cap_line_painter_get_below (CapLinePainter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->below;
}

gsize
cap_line_painter_fit (CapLinePainter *self, const char *text, int width)
{
  gsize length;
  g_autoptr (PangoLayout) layout = NULL;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (text != NULL, 0);

  length = strlen (text);
  layout = lay_out (self, "", 0);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, MAX (width, 1) * PANGO_SCALE);

  /* Only the first line matters, and it does not depend on text behind the second
   * line. Limiting the text avoids laying out a long paragraph once for each of its
   * lines. */
  for (gsize piece = MAX (width / self->em * PIECE, LEAST_PIECE);; piece *= 2)
    {
      const char *end = piece < length ? g_utf8_find_prev_char (text, text + piece) : NULL;
      gboolean whole = end == NULL || end == text;

      pango_layout_set_text (layout, text, whole ? (int) length : (int) (end - text));
      if (whole || pango_layout_get_line_count (layout) > 2)
        break;
    }

  if (pango_layout_get_line_count (layout) < 2)
    return length;
  return MAX (pango_layout_get_line_readonly (layout, 1)->start_index, 1);
}

CapPaintedLine *
cap_line_painter_paint (CapLinePainter *self, CapRollLine *line)
{
  CapPaintedLine *painted;
  g_autoptr (GtkSnapshot) snapshot = NULL;
  g_autoptr (PangoAttrList) attributes = NULL;
  g_autoptr (PangoLayout) layout = NULL;
  PangoRectangle ink, logical;
  double baseline;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (line != NULL, NULL);

  painted = g_new0 (CapPaintedLine, 1);
  snapshot = gtk_snapshot_new ();
  attributes = color_runs (self, line);
  pango_context_set_base_dir (self->context,
                              line->right_to_left ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
  layout = lay_out (self, line->text, strlen (line->text));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_extents (layout, &ink, &logical);
  baseline = (double) pango_layout_get_baseline (layout) / PANGO_SCALE;
  make_room (self, &(PangoRectangle) { .y = floor (ink.y - baseline), .height = ink.height + 1 });

  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (line->right_to_left ? -logical.width : 0, -baseline));
  if (self->look->edge != CAP_EDGE_NONE && ink.width > 0)
    append_edge (self, snapshot, layout, &ink);
  gtk_snapshot_append_layout (snapshot, layout, &self->look->text.final);

  painted->line = cap_roll_line_ref (line);
  painted->node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  return painted;
}
