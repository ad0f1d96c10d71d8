/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/provider.h"

G_BEGIN_DECLS

/* The providers that the user has set up. GSettings stores them, so they outlast
 * the daemon.
 *
 * Signals:
 *  ::changed (const char *id)  created, changed, removed, or has another key
 */
#define CAP_TYPE_PROVIDERS (cap_providers_get_type ())
G_DECLARE_FINAL_TYPE (CapProviders, cap_providers, CAP, PROVIDERS, GObject)

/* @settings: of the schema org.captiond, whose key "providers" lists the ids. */
CapProviders *cap_providers_new (GSettings *settings);

/* A reference, or NULL if there is no such provider. */
CapProvider *cap_providers_get (CapProviders *self, const char *id);
/* All CapProviders, oldest first. The caller owns the array, which holds a
 * reference to each. */
GPtrArray *cap_providers_list (CapProviders *self);

/* Creates a provider, or changes the keys in @settings (a{sv}) of an existing one:
 * all or none. Errors: CAP_ERROR_INVALID_OPTION, CAP_ERROR_POLICY_REFUSED if the
 * administrator has fixed a setting, CAP_ERROR_LIMIT_EXCEEDED beyond 32. */
gboolean cap_providers_set (CapProviders *self, const char *id, GVariant *settings, GError **error);

/* Resets the settings of the provider too. Fails with CAP_ERROR_NO_SUCH_ENGINE or
 * CAP_ERROR_POLICY_REFUSED. */
gboolean cap_providers_remove (CapProviders *self, const char *id, GError **error);

/* Emits ::changed because the provider has another key. */
void cap_providers_touch (CapProviders *self, const char *id);

G_END_DECLS
