/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* @stage, @done and @total: see the signal Progress of org.captiond.Captions1.Job. */
typedef void (*CapJobCallFunc) (const char *stage, guint64 done, guint64 total, gpointer user_data);

/* Calls @method, which returns a job, and runs a main loop until the job is done. An
 * interrupt asks the service to cancel the job; a second one does not wait for that.
 * FALSE with the job's message, or if the service went away. */
gboolean cap_job_call (GDBusConnection *connection,
                       const char *method,
                       GVariant *arguments,
                       CapJobCallFunc progress,
                       gpointer user_data,
                       GError **error);

G_END_DECLS
