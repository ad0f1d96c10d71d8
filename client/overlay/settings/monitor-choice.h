/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A drop-down list of the monitors that are connected, by the key "monitor"
 * of @settings. One that is gone stays in the list as long as it is chosen. */
GtkWidget *cap_monitor_choice_new (GSettings *settings, GdkDisplay *display);

G_END_DECLS
