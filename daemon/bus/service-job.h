/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "models/models.h"

G_BEGIN_DECLS

/* One call of InstallModel or RemoveModel as a D-Bus object. Several may follow the same
 * CapModelJob. It sends its signals only to its caller, and ends when that caller leaves
 * the bus; the work goes on.
 *
 * Signals:
 *  ::cancelled  the caller no longer wants the job
 *  ::finished   the object has sent Done, or has nobody to send it to; the owner may drop
 *               it */
#define CAP_TYPE_SERVICE_JOB (cap_service_job_get_type ())
G_DECLARE_FINAL_TYPE (CapServiceJob, cap_service_job, CAP, SERVICE_JOB, GObject)

/* Also exports the object at @path. @caller: the unique bus name of the caller. */
CapServiceJob *cap_service_job_new (GDBusConnection *connection,
                                    const char *path,
                                    const char *caller,
                                    CapModelJob *job,
                                    GError **error);

const char *cap_service_job_get_path (CapServiceJob *self);
CapModelJob *cap_service_job_get_job (CapServiceJob *self);

/* Call this after the caller has received the path. */
void cap_service_job_start (CapServiceJob *self);

/* Sends Done with @error, or with success if it is NULL. */
void cap_service_job_finish (CapServiceJob *self, const GError *error);

G_END_DECLS
