/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "bus/caller.h"

G_BEGIN_DECLS

/* All programs that called the service and are still on the bus.
 *
 * Signals:
 *  ::gone (CapCaller *)  the caller left the bus
 *  ::lost (CapCaller *)  the caller is on the bus, but no longer answers */
#define CAP_TYPE_CALLERS (cap_callers_get_type ())
G_DECLARE_FINAL_TYPE (CapCallers, cap_callers, CAP, CALLERS, GObject)

CapCallers *cap_callers_new (GDBusConnection *connection, const CapCallerLimits *limits);

/* Asks the bus, and on the first call also /proc, for the identity of
 * @bus_name. Fails with CAP_ERROR_POLICY_REFUSED if neither can tell whether
 * the program runs in a sandbox. finish() returns a new reference. */
void cap_callers_identify_async (CapCallers *self,
                                 const char *bus_name,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
CapCaller *cap_callers_identify_finish (CapCallers *self, GAsyncResult *result, GError **error);

G_END_DECLS
