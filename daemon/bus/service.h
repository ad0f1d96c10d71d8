/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "dbus/captions-dbus.h"
#include "providers/credentials.h"
#include "providers/providers.h"

G_BEGIN_DECLS

/* org.captiond.Captions1: opens streams for callers, shares them, and ends
 * them when nobody holds them any more.
 *
 * Signals:
 *  ::idle      for as long as the constructor says there was neither a stream
 *              nor a call
 *  ::finished  once after finish(): every stream is closed */
#define CAP_TYPE_SERVICE (cap_service_get_type ())
G_DECLARE_FINAL_TYPE (CapService, cap_service, CAP, SERVICE, CapDBusCaptions1Skeleton)

/* Exports the service on @connection. */
CapService *cap_service_new (GDBusConnection *connection,
                             GSettings *settings,
                             CapProviders *providers,
                             CapCredentials *credentials,
                             guint idle_seconds,
                             GError **error);

/* Closes every stream, and gives each two seconds to make text of what was
 * said. */
void cap_service_finish (CapService *self);

G_END_DECLS
