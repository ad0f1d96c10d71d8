/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Text of at most so many lines, which are all of one height. A GtkLabel is as
 * high as the letters that an ellipsis leaves to be seen: with letters of other
 * scripts its height contradicts itself, and GTK says so, loudly. */
#define CAP_TYPE_STATUS_TEXT (cap_status_text_get_type ())
G_DECLARE_FINAL_TYPE (CapStatusText, cap_status_text, CAP, STATUS_TEXT, GtkWidget)

/* @ellipsize: what is left out where there is too much; @width: how wide it is
 * at most where it may choose, in letters. */
GtkWidget *cap_status_text_new (guint lines, PangoEllipsizeMode ellipsize, guint width);
/* Of a text that is far too long only the beginning. */
void cap_status_text_set_text (CapStatusText *self, const char *text);
const char *cap_status_text_get_text (CapStatusText *self); /* never NULL */

G_END_DECLS
