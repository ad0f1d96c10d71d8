/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Calls of the service's main object that do not wait: what the settings
 * dialog asks and tells. Errors are sentences for people (see explain.h).
 * Each has a finish function of its own; see GAsyncResult. */

/* Lists, aa{sv}, and GetDefaults, a{sv}: full reference. @method: "ListSources",
 * "ListEngines" or "GetDefaults". */
void cap_service_calls_get (GDBusConnection *connection,
                            const char *method,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
GVariant *cap_service_calls_get_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

/* "SetDefaults" (a{sv}), "SetProvider" (sa{sv}), "RemoveProvider" (s),
 * "ClearKey" (s). @arguments: floating tuple. */
void cap_service_calls_set (GDBusConnection *connection,
                            const char *method,
                            GVariant *arguments,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
gboolean cap_service_calls_set_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

/* @key: goes through a pipe, and is in no message; white space around it does
 * not belong to it. No copy is left: wiping @key is up to the caller, at once
 * if it likes. Empty: CAP_ERROR_INVALID_OPTION. It waits as long as the
 * keyring asks its owner. */
void cap_service_calls_set_key (GDBusConnection *connection,
                                const char *id,
                                const char *key,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
gboolean cap_service_calls_set_key_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

G_END_DECLS
