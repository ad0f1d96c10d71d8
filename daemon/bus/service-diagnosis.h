/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/credentials.h"
#include "providers/providers.h"

G_BEGIN_DECLS

/* One run of Diagnose as an object of the bus: hands the rows to who asked,
 * and to nobody else, and ends when that one leaves the bus.
 *
 * Signals:
 *  ::finished ()  Done was sent: let go of it
 */
#define CAP_TYPE_SERVICE_DIAGNOSIS (cap_service_diagnosis_get_type ())
G_DECLARE_FINAL_TYPE (CapServiceDiagnosis, cap_service_diagnosis, CAP, SERVICE_DIAGNOSIS, GObject)

/* Exports it. @caller: unique name. @apply: store the door that works. */
CapServiceDiagnosis *cap_service_diagnosis_new (GDBusConnection *connection,
                                                const char *path,
                                                const char *caller,
                                                CapProvider *provider,
                                                CapProviders *providers,
                                                CapCredentials *credentials,
                                                gboolean apply,
                                                GError **error);

const char *cap_service_diagnosis_get_path (CapServiceDiagnosis *self);

/* When the caller knows the path. */
void cap_service_diagnosis_start (CapServiceDiagnosis *self);

G_END_DECLS
