/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The user's speech services, as ListEngines has them: aa{sv}, each with
 * "default" (b) besides. */
GVariant *cap_provider_list_read (GDBusConnection *connection, GError **error);

/* One of them; NULL when it is not there. */
GVariant *cap_provider_list_find (GVariant *providers, const char *id);
/* The same, with an error that says what to do. */
GVariant *cap_provider_list_get (GDBusConnection *connection, const char *id, GError **error);

/* What it says of itself: "id", "host", "key" or "reason"; otherwise "". */
const char *cap_provider_list_get_text (GVariant *provider, const char *key);
/* What the user has set: "dialect", "model" and so on; otherwise "". */
const char *cap_provider_list_get_setting (GVariant *provider, const char *key);

/* What SetProvider knows of it, a{sv}. */
GVariant *cap_provider_list_get_settings (GVariant *provider);

/* Whether it can be the id of a provider. CAP_USAGE_ERROR. */
gboolean cap_provider_list_check_id (const char *id, GError **error);

G_END_DECLS
