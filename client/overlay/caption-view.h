/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "look.h"
#include "roll.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Draws the lines of a roll, from the bottom. It is as high as the look's
 * number of lines and takes the width that it is given; where there is no line
 * it draws nothing. A line that did not change is not drawn anew. */
#define CAP_TYPE_CAPTION_VIEW (cap_caption_view_get_type ())
G_DECLARE_FINAL_TYPE (CapCaptionView, cap_caption_view, CAP, CAPTION_VIEW, GtkWidget)

/* Breaks the roll's lines (cap_roll_set_fit) by its own font and width. */
GtkWidget *cap_caption_view_new (CapRoll *roll);
void cap_caption_view_set_look (CapCaptionView *self, const CapLook *look);

G_END_DECLS
