/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/model-jobs.h"
#include "overlay/service/subscription.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The settings of the service (over D-Bus) and of the overlay (@settings). Every
 * change takes effect at once.
 * @models: outlives the window, because installations go on without it. */
GtkWindow *cap_settings_window_new (GtkApplication *application,
                                    GDBusConnection *connection,
                                    CapSubscription *subscription,
                                    CapModelJobs *models,
                                    GSettings *settings);

G_END_DECLS
