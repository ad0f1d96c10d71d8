/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/look.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Lays out and draws lines for one look and one font map. Lengths are in
 * application pixels. */
typedef struct _CapLinePainter CapLinePainter;

/* A painted line. The origin is where the text begins (on the right for
 * right-to-left text), on the baseline. */
typedef struct
{
  CapRollLine *line;
  GskRenderNode *node; /* NULL if nothing is visible */
} CapPaintedLine;

void cap_painted_line_free (CapPaintedLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapPaintedLine, cap_painted_line_free)

/* @context: transfer full. */
CapLinePainter *cap_line_painter_new (PangoContext *context, const CapLook *look);
void cap_line_painter_free (CapLinePainter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapLinePainter, cap_line_painter_free)

/* @look: must have the same font. */
void cap_line_painter_set_look (CapLinePainter *self, const CapLook *look);

/* Text size, and height of a line above and below its baseline. The heights grow
 * when a painted line of another script needs more, and never shrink, so that lines
 * do not jump back and forth. */
double cap_line_painter_get_em (CapLinePainter *self);
int cap_line_painter_get_above (CapLinePainter *self);
int cap_line_painter_get_below (CapLinePainter *self);

/* See CapRollFit. */
gsize cap_line_painter_fit (CapLinePainter *self, const char *text, int width);
CapPaintedLine *cap_line_painter_paint (CapLinePainter *self, CapRollLine *line);

G_END_DECLS
