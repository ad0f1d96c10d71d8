/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/catalog.h"
#include "overlay/service/model-jobs.h"
#include "overlay/settings/settings-page.h"

G_BEGIN_DECLS

/* The page with the models for recognition on this computer. It reads them when a user
 * sees the page for the first time. */
#define CAP_TYPE_SETTINGS_MODELS (cap_settings_models_get_type ())
G_DECLARE_FINAL_TYPE (CapSettingsModels, cap_settings_models, CAP, SETTINGS_MODELS, CapSettingsPage)

/* @catalog: names the language that the list shows first. */
GtkWidget *cap_settings_models_new (CapCatalog *catalog, CapModelJobs *jobs);

G_END_DECLS
