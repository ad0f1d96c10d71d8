/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/subscription.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The settings of the service (over D-Bus) and of the overlay (@settings). Every
 * change takes effect at once. */
GtkWindow *cap_settings_window_new (GtkApplication *application,
                                    GDBusConnection *connection,
                                    CapSubscription *subscription,
                                    GSettings *settings);

G_END_DECLS
