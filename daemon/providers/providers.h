/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/provider.h"

G_BEGIN_DECLS

/* The providers that the user has set up: in the settings, so that they
 * outlast the daemon. What one is, is in provider.h.
 *
 * Signals:
 *  ::changed (const char *id)  made, changed, removed, or has another key
 */
#define CAP_TYPE_PROVIDERS (cap_providers_get_type ())
G_DECLARE_FINAL_TYPE (CapProviders, cap_providers, CAP, PROVIDERS, GObject)

/* @settings: org.captiond, whose key "providers" lists the ids. */
CapProviders *cap_providers_new (GSettings *settings);

/* A reference, or NULL: there is no such provider. */
CapProvider *cap_providers_get (CapProviders *self, const char *id);
/* Of CapProvider, in the order in which they were made. The container is the
 * caller's, with a reference to each. */
GPtrArray *cap_providers_list (CapProviders *self);

/* Makes a provider, or changes the keys of @settings (a{sv}) of one that there
 * is: all or none. CAP_ERROR_INVALID_OPTION, CAP_ERROR_POLICY_REFUSED where
 * the administrator has fixed it, CAP_ERROR_LIMIT_EXCEEDED beyond 32. */
gboolean cap_providers_set (CapProviders *self, const char *id, GVariant *settings, GError **error);

/* CAP_ERROR_NO_SUCH_ENGINE. What is no longer needed of its settings goes. */
gboolean cap_providers_remove (CapProviders *self, const char *id, GError **error);

/* Its key is another one: tells everybody by ::changed. */
void cap_providers_touch (CapProviders *self, const char *id);

G_END_DECLS
