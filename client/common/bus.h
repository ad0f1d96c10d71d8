/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The session bus. The program outlives it: it has something to say then. */
GDBusConnection *cap_bus_connect (GError **error);

/* A method of the service's main object, which starts the service. @reply:
 * type of what comes back. */
GVariant *cap_bus_call (GDBusConnection *connection,
                        const char *method,
                        GVariant *arguments,
                        const char *reply,
                        GError **error);

/* One that takes an id and a file, of which @fd is left to the call. Waits as
 * long as the service does. */
gboolean cap_bus_call_with_fd (GDBusConnection *connection,
                               const char *method,
                               const char *id,
                               int fd,
                               GError **error);

/* The version of the service that runs; "unknown" when it does not say. */
char *cap_bus_read_version (GDBusConnection *connection);

/* Turns an error of a call into a sentence for the person at the keyboard:
 * what happened, and what to do. */
void cap_bus_explain (GError *error);

G_END_DECLS
