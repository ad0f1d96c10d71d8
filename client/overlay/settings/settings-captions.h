/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/catalog.h"
#include "overlay/service/subscription.h"
#include "overlay/settings/settings-page.h"

G_BEGIN_DECLS

/* The page for audio source, speech recognition, language and limits. */
#define CAP_TYPE_SETTINGS_CAPTIONS (cap_settings_captions_get_type ())
G_DECLARE_FINAL_TYPE (CapSettingsCaptions, cap_settings_captions, CAP, SETTINGS_CAPTIONS, CapSettingsPage)

/* @subscription: the captions that run now. */
GtkWidget *cap_settings_captions_new (CapCatalog *catalog, CapSubscription *subscription);

G_END_DECLS
