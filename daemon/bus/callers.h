/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "bus/caller.h"

G_BEGIN_DECLS

/* The programs that called us, as long as they are on the bus.
 *
 * Signals:
 *  ::gone (CapCaller *)  it left the bus
 *  ::lost (CapCaller *)  it is on the bus, but does not answer any more */
#define CAP_TYPE_CALLERS (cap_callers_get_type ())
G_DECLARE_FINAL_TYPE (CapCallers, cap_callers, CAP, CALLERS, GObject)

CapCallers *cap_callers_new (GDBusConnection *connection, const CapCallerLimits *limits);

/* Finds out who @bus_name is: asks the bus, and /proc the first time. Fails
 * with CAP_ERROR_POLICY_REFUSED when it cannot be told. */
void cap_callers_identify_async (CapCallers *self,
                                 const char *bus_name,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
CapCaller *cap_callers_identify_finish (CapCallers *self, GAsyncResult *result, GError **error);

G_END_DECLS
