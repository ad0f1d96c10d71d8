/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Connects to the session bus. The program outlives the bus, so that it can report
 * its end. */
GDBusConnection *cap_bus_connect (GError **error);

/* Calls a method of the service's main object; the call starts the service.
 * @reply: the type of the answer. */
GVariant *cap_bus_call (GDBusConnection *connection,
                        const char *method,
                        GVariant *arguments,
                        const char *reply,
                        GError **error);

/* Calls a method that takes an id and a file. The call takes ownership of @fd and has
 * no timeout. */
gboolean cap_bus_call_with_fd (GDBusConnection *connection,
                               const char *method,
                               const char *id,
                               int fd,
                               GError **error);

/* The version of the running service, or "unknown". Does not start the service. */
char *cap_bus_read_version (GDBusConnection *connection);

/* Replaces the message of a failed call by a sentence for people: what happened,
 * and what to do. */
void cap_bus_explain (GError *error);

G_END_DECLS
