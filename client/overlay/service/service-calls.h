/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asynchronous calls of the service's main object, for the settings dialog. Errors
 * are sentences for people (see explain.h). */

/* @method: "ListSources", "ListEngines" or "ListModels" (all of them), which return
 * aa{sv}, or "GetDefaults", which returns a{sv}. The result is a full reference. */
void cap_service_calls_get (GDBusConnection *connection,
                            const char *method,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
GVariant *cap_service_calls_get_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

/* @method: "SetDefaults" (a{sv}), "SetProvider" (sa{sv}), "RemoveProvider" (s) or
 * "ClearKey" (s). @arguments: floating tuple. */
void cap_service_calls_set (GDBusConnection *connection,
                            const char *method,
                            GVariant *arguments,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cap_service_calls_set_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

/* @method: "InstallModel" (sa{sv}) or "RemoveModel" (s). @arguments: floating tuple.
 * The result is the object path of the job; the caller frees it. */
void cap_service_calls_begin (GDBusConnection *connection,
                              const char *method,
                              GVariant *arguments,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
char *cap_service_calls_begin_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

/* @key: travels through a pipe, never in a message; white space around it is
 * removed. The function keeps no copy, and the caller may wipe @key as soon as it
 * returns. An empty key fails with CAP_ERROR_INVALID_OPTION. The call lasts as long
 * as the keyring asks the user. */
void cap_service_calls_set_key (GDBusConnection *connection,
                                const char *id,
                                const char *key,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cap_service_calls_set_key_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

G_END_DECLS
