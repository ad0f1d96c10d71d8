/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/look.h"
#include "overlay/service/status.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One line beside the captions: an icon, a sentence, where speech goes, and
 * how loud it is; buttons where something can be done. Invisible when there is
 * nothing to say.
 *
 * Signals: retry, settings */
#define CAP_TYPE_STATUS_BAR (cap_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (CapStatusBar, cap_status_bar, CAP, STATUS_BAR, GtkWidget)

GtkWidget *cap_status_bar_new (void);
void cap_status_bar_set_look (CapStatusBar *self, const CapLook *look);
void cap_status_bar_set_status (CapStatusBar *self, const CapStatus *status);
/* The level meter is shown while levels are wanted. @level: dBFS, -96 to 0. */
void cap_status_bar_show_level (CapStatusBar *self, gboolean shown);
void cap_status_bar_set_level (CapStatusBar *self, double level);
/* Buttons are of use only where clicks arrive. */
void cap_status_bar_set_clickable (CapStatusBar *self, gboolean clickable);

G_END_DECLS
