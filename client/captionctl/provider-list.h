/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The user's speech services, as ListEngines returns them (aa{sv}). Each also has
 * "default" (b). */
GVariant *cap_provider_list_read (GDBusConnection *connection, GError **error);

/* NULL if there is no such provider. */
GVariant *cap_provider_list_find (GVariant *providers, const char *id);
/* The same, with an error that says what to do. */
GVariant *cap_provider_list_get (GDBusConnection *connection, const char *id, GError **error);

/* The value of "id", "host", "key" or "reason", or "". */
const char *cap_provider_list_get_text (GVariant *provider, const char *key);
/* The value of a setting such as "dialect" or "model", or "". */
const char *cap_provider_list_get_setting (GVariant *provider, const char *key);

/* The settings as SetProvider takes them, a{sv}. */
GVariant *cap_provider_list_get_settings (GVariant *provider);

/* Whether @id can be the ID of a provider; otherwise CAP_USAGE_ERROR. */
gboolean cap_provider_list_check_id (const char *id, GError **error);

G_END_DECLS
