/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "bus/engines.h"

G_BEGIN_DECLS

/* The user's settings (org.captiond): the defaults of OpenStream, and the keys
 * that GetDefaults and SetDefaults read and write. */

/* NULL if the schemas are not installed, or too old. */
GSettings *cap_defaults_open (void);

/* The string option @key of @options (a{sv}), or the default if it is missing. */
char *cap_defaults_get_string (GSettings *settings, GVariant *options, const char *key);

/* The reply of GetDefaults: a{sv}, floating. */
GVariant *cap_defaults_get_all (GSettings *settings);

/* Changes all keys of @defaults (a{sv}), or none. Fails with
 * CAP_ERROR_INVALID_OPTION, CAP_ERROR_NO_SUCH_ENGINE,
 * CAP_ERROR_LANGUAGE_NOT_SUPPORTED, or CAP_ERROR_POLICY_REFUSED for a key that
 * the administrator has locked. */
gboolean cap_defaults_set (GSettings *settings, CapEngines *engines, GVariant *defaults, GError **error);

/* Whether the setting @list, "allowed-apps" or "managing-apps", has the sandboxed
 * application @app_id. */
gboolean cap_defaults_allow_app (GSettings *settings, const char *list, const char *app_id);

G_END_DECLS
