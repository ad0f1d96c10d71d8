/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/settings/settings-page.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The page for position, startup and shortcuts. */
GtkWidget *cap_settings_place_new (GSettings *settings);

G_END_DECLS
