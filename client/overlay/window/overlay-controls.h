/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Buttons for the actions of the application: lock, pause, history, settings, hide. */
GtkWidget *cap_overlay_controls_new (void);

G_END_DECLS
