/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A row of bars in the colour of the surrounding text; the number of filled bars
 * shows the loudness. Redraws only when that number changes. */
#define CAP_TYPE_LEVEL_METER (cap_level_meter_get_type ())
G_DECLARE_FINAL_TYPE (CapLevelMeter, cap_level_meter, CAP, LEVEL_METER, GtkWidget)

GtkWidget *cap_level_meter_new (void);
/* @level: dBFS; NaN counts as silence. */
void cap_level_meter_set_level (CapLevelMeter *self, double level);

#define CAP_LEVEL_METER_STEPS 12

G_END_DECLS
