/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A drop-down list of connected monitors, for the key "monitor" of @settings. A
 * selected monitor stays in the list when it is disconnected. */
GtkWidget *cap_monitor_choice_new (GSettings *settings, GdkDisplay *display);

G_END_DECLS
