/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/look.h"
#include "overlay/captions/roll.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Draws the lines of a roll, from the bottom. It is as high as the look's
 * number of lines, and takes the width that it is given; where there is no line
 * it draws nothing. A line that did not change is not drawn anew. Lines begin
 * at the side where their script does: text in the middle would move with each
 * word that comes. */
#define CAP_TYPE_CAPTION_VIEW (cap_caption_view_get_type ())
G_DECLARE_FINAL_TYPE (CapCaptionView, cap_caption_view, CAP, CAPTION_VIEW, GtkWidget)

/* Breaks the roll's lines (cap_roll_set_fit) by its own font and width, as
 * long as it lives. The roll's options are its owner's to set. */
GtkWidget *cap_caption_view_new (CapRoll *roll);
/* Nothing is drawn before there is a look. */
void cap_caption_view_set_look (CapCaptionView *self, const CapLook *look);

/* Has a screen reader say @text, which is final and new. Before GTK 4.14, which
 * has no way to do that, it becomes the description of the view. */
void cap_caption_view_announce (CapCaptionView *self, const char *text);

G_END_DECLS
