/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "captionctl/provider-settings.h"

G_BEGIN_DECLS

/* Completes the settings of a new speech service; some IDs imply a dialect. */

/* Sets the dialect if @id is the name of a known service, such as "openai". */
void cap_provider_assume (CapProviderSettings *settings, const char *id);

/* Whether these settings need a key. */
gboolean cap_provider_needs_key (const CapProviderSettings *settings);

/* CAP_USAGE_ERROR names the missing options. @key: the key is given another way, or is
 * not wanted now. */
gboolean cap_provider_check_complete (const CapProviderSettings *settings,
                                      gboolean key,
                                      GError **error);

/* Asks on the terminal for missing settings, except for the key. */
gboolean cap_provider_ask (CapProviderSettings *settings, GError **error);

G_END_DECLS
