/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/look.h"
#include "overlay/service/status.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The status beside the captions: icon, sentence, host that speech is sent to,
 * sound level, and buttons if the user can do something. Hidden if there is nothing
 * to show.
 *
 * Signals: retry, settings */
#define CAP_TYPE_STATUS_BAR (cap_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (CapStatusBar, cap_status_bar, CAP, STATUS_BAR, GtkWidget)

GtkWidget *cap_status_bar_new (void);
void cap_status_bar_set_look (CapStatusBar *self, const CapLook *look);
void cap_status_bar_set_status (CapStatusBar *self, const CapStatus *status);
/* Whether the level meter is shown. @level: dBFS, -96 to 0. */
void cap_status_bar_show_level (CapStatusBar *self, gboolean shown);
void cap_status_bar_set_level (CapStatusBar *self, double level);
/* Whether clicks arrive, so that buttons are of use. */
void cap_status_bar_set_clickable (CapStatusBar *self, gboolean clickable);

G_END_DECLS
