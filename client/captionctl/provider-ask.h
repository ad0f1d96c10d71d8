/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "captionctl/provider-settings.h"

G_BEGIN_DECLS

/* What a new speech service still needs, of which some are known by name. */

/* Takes the dialect from the name of a service that is known: "openai". */
void cap_provider_assume (CapProviderSettings *settings, const char *id);

/* Whether a key must be given for it. */
gboolean cap_provider_needs_key (const CapProviderSettings *settings);

/* CAP_USAGE_ERROR that names the options that are missing. @key: one comes. */
gboolean cap_provider_check_complete (const CapProviderSettings *settings,
                                      gboolean key,
                                      GError **error);

/* Asks at the terminal for what is missing, except for the key. */
gboolean cap_provider_ask (CapProviderSettings *settings, GError **error);

G_END_DECLS
