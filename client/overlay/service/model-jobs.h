/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The models of ListModels, and their installations and removals. The list is read on
 * request, and whenever the service announces a change. Independent of widgets.
 *
 * Signals:
 *   changed (): the list was read, or a job began or ended
 *   progress (const char *id): a job went on */
#define CAP_TYPE_MODEL_JOBS (cap_model_jobs_get_type ())
G_DECLARE_FINAL_TYPE (CapModelJobs, cap_model_jobs, CAP, MODEL_JOBS, GObject)

/* A job that this object began. Its strings belong to the object until the next
 * signal. */
typedef struct
{
  const char *stage;   /* "download", "copy", "unpack", "store"; "" before the first */
  guint64 done, total; /* bytes of this stage; @total is 0 if they are not counted */
  gboolean removal;
} CapModelProgress;

CapModelJobs *cap_model_jobs_new (GDBusConnection *connection);
/* Stops all reading and all signals. Jobs go on in the service. */
void cap_model_jobs_close (CapModelJobs *self);

/* Reads the list. Starts the service if it is not running. */
void cap_model_jobs_refresh (CapModelJobs *self);
/* aa{sv}, owned by the object; NULL until the first reading. */
GVariant *cap_model_jobs_get_list (CapModelJobs *self);
/* The error of the last reading as a sentence for people; NULL if there was none. */
const char *cap_model_jobs_get_problem (CapModelJobs *self);

/* @id: from ListModels. A model that has a job already gets no second one. */
void cap_model_jobs_install (CapModelJobs *self, const char *id);
void cap_model_jobs_remove (CapModelJobs *self, const char *id);
/* The job ends as soon as the service has stopped it. */
void cap_model_jobs_cancel (CapModelJobs *self, const char *id);

/* FALSE if the model has no job. */
gboolean cap_model_jobs_get_progress (CapModelJobs *self, const char *id, CapModelProgress *progress);
/* Why the last job of this model failed, as a sentence for people; NULL if it did not. */
const char *cap_model_jobs_get_failure (CapModelJobs *self, const char *id);

G_END_DECLS
