/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A row of bars in the colour of the text around it, filled from the beginning
 * as far as sound is loud. Draws only when another bar is filled. */
#define CAP_TYPE_LEVEL_METER (cap_level_meter_get_type ())
G_DECLARE_FINAL_TYPE (CapLevelMeter, cap_level_meter, CAP, LEVEL_METER, GtkWidget)

GtkWidget *cap_level_meter_new (void);
/* @level: dBFS; anything that is no number is silence. */
void cap_level_meter_set_level (CapLevelMeter *self, double level);
/* How many of CAP_LEVEL_METER_STEPS bars are filled. */
guint cap_level_meter_get_step (CapLevelMeter *self);

#define CAP_LEVEL_METER_STEPS 12

G_END_DECLS
