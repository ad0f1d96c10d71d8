/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/look.h"
#include "overlay/captions/roll.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Draws the lines of a roll, aligned to the bottom. The height is that of the
 * number of lines in the look, and the width is the allocated one. Without lines
 * the view draws nothing, and it reuses the pictures of unchanged lines. Lines are
 * aligned to the side where their script begins, because centred text would move
 * with each word. */
#define CAP_TYPE_CAPTION_VIEW (cap_caption_view_get_type ())
G_DECLARE_FINAL_TYPE (CapCaptionView, cap_caption_view, CAP, CAPTION_VIEW, GtkWidget)

/* Sets the fit of @roll (cap_roll_set_fit) by font and width as long as the view
 * lives. The caller sets the options of the roll. */
GtkWidget *cap_caption_view_new (CapRoll *roll);
/* The view draws nothing until it has a look. */
void cap_caption_view_set_look (CapCaptionView *self, const CapLook *look);

/* Makes a screen reader announce @text, which is final and new. GTK before 4.14
 * cannot announce; there the text becomes the description of the view. */
void cap_caption_view_announce (CapCaptionView *self, const char *text);

G_END_DECLS
