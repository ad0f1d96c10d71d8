/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/catalog.h"
#include "overlay/settings/settings-page.h"

G_BEGIN_DECLS

/* The page with the speech services, their states, and the one in use. */
#define CAP_TYPE_SETTINGS_SERVICES (cap_settings_services_get_type ())
G_DECLARE_FINAL_TYPE (CapSettingsServices, cap_settings_services, CAP, SETTINGS_SERVICES, CapSettingsPage)

GtkWidget *cap_settings_services_new (CapCatalog *catalog);

G_END_DECLS
