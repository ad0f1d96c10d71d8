/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "dbus/captions-dbus.h"
#include "models/models.h"
#include "providers/credentials.h"
#include "providers/providers.h"

G_BEGIN_DECLS

/* The D-Bus object org.captiond.Captions1: it checks options and callers, and
 * passes each call to the part of the daemon that answers it.
 *
 * Signals:
 *  ::idle      there was neither a stream nor a call for idle_seconds
 *  ::finished  once after finish(): every stream is closed, and its last text
 *              is on its way */
#define CAP_TYPE_SERVICE (cap_service_get_type ())
G_DECLARE_FINAL_TYPE (CapService, cap_service, CAP, SERVICE, CapDBusCaptions1Skeleton)

/* Exports the service on @connection. */
CapService *cap_service_new (GDBusConnection *connection,
                             GSettings *settings,
                             CapProviders *providers,
                             CapCredentials *credentials,
                             CapModels *models,
                             guint idle_seconds,
                             GError **error);

/* Closes every stream. Each engine gets two seconds to recognize the last words. */
void cap_service_finish (CapService *self);

G_END_DECLS
