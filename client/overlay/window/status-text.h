/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Text of a limited number of lines of equal height. The height of a GtkLabel
 * depends on the letters that an ellipsis leaves visible, and with several scripts
 * its measurements contradict each other, about which GTK warns. */
#define CAP_TYPE_STATUS_TEXT (cap_status_text_get_type ())
G_DECLARE_FINAL_TYPE (CapStatusText, cap_status_text, CAP, STATUS_TEXT, GtkWidget)

/* @ellipsize: the part to leave out. @width: maximal natural width in letters. */
GtkWidget *cap_status_text_new (guint lines, PangoEllipsizeMode ellipsize, guint width);
/* Keeps only the beginning of a very long text. */
void cap_status_text_set_text (CapStatusText *self, const char *text);
const char *cap_status_text_get_text (CapStatusText *self); /* never NULL */

G_END_DECLS
