/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/look.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Lays lines out and draws them, for one look and one font map. All lengths
 * are in pixels of the application. */
typedef struct _CapLinePainter CapLinePainter;

/* What was made of a line. It is drawn with the beginning of the text (its
 * right end where that is written from the right) at x = 0 and the baseline at
 * y = 0. */
typedef struct
{
  CapRollLine *line;
  GskRenderNode *node; /* NULL where nothing is to be seen */
} CapPaintedLine;

void cap_painted_line_free (CapPaintedLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapPaintedLine, cap_painted_line_free)

/* @context: taken. */
CapLinePainter *cap_line_painter_new (PangoContext *context, const CapLook *look);
void cap_line_painter_free (CapLinePainter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapLinePainter, cap_line_painter_free)

/* @look: of the same font; all else may be another. */
void cap_line_painter_set_look (CapLinePainter *self, const CapLook *look);

/* The size of letters; and what each line has above and below its baseline.
 * Both of the latter may grow when a line is painted whose script needs more
 * room, and never shrink: lines do not jump to and fro. */
double cap_line_painter_get_em (CapLinePainter *self);
int cap_line_painter_get_above (CapLinePainter *self);
int cap_line_painter_get_below (CapLinePainter *self);

/* As CapRollFit. */
gsize cap_line_painter_fit (CapLinePainter *self, const char *text, int width);
CapPaintedLine *cap_line_painter_paint (CapLinePainter *self, CapRollLine *line);

G_END_DECLS
