/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "local/local-diagnosis.h"
#include "providers/credentials.h"
#include "providers/providers.h"

G_BEGIN_DECLS

/* One run of Diagnose as a D-Bus object. It sends its signals only to the
 * caller of Diagnose, and ends when that caller leaves the bus.
 *
 * Signal ::finished: the object has sent Done; the owner may drop it. */
#define CAP_TYPE_SERVICE_DIAGNOSIS (cap_service_diagnosis_get_type ())
G_DECLARE_FINAL_TYPE (CapServiceDiagnosis, cap_service_diagnosis, CAP, SERVICE_DIAGNOSIS, GObject)

/* Also exports the object at @path.
 * @caller: the unique bus name of the caller.
 * @apply: whether to store the settings of the door that works. */
CapServiceDiagnosis *cap_service_diagnosis_new (GDBusConnection *connection,
                                                const char *path,
                                                const char *caller,
                                                CapProvider *provider,
                                                CapProviders *providers,
                                                CapCredentials *credentials,
                                                gboolean apply,
                                                GError **error);

/* The same for a recogniser of this computer. Takes a reference to @local. */
CapServiceDiagnosis *cap_service_diagnosis_new_local (GDBusConnection *connection,
                                                      const char *path,
                                                      const char *caller,
                                                      CapLocalDiagnosis *local,
                                                      GError **error);

const char *cap_service_diagnosis_get_path (CapServiceDiagnosis *self);

/* Call this after the caller has received the path. */
void cap_service_diagnosis_start (CapServiceDiagnosis *self);

G_END_DECLS
