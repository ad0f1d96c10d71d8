/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "models/entry.h"

G_BEGIN_DECLS

/* One installation or removal. It works in steps, each in a thread and begun by
 * cap_model_job_start(), and ends once. Only a quick step changes what is installed, so
 * that a model is in use while its update arrives.
 *
 * Signals, in the main context:
 *  ::stepped   (string id or NULL): the job waits for start(); @id: the model whose files the
 *              last step changed
 *  ::progress  (string stage, uint64 done, uint64 total): at most ten times a second. The
 *              stages are those of CapInstallFunc; done and total are bytes
 *  ::done      (GError or NULL): CAP_ERROR_CANCELLED after cancel() */
#define CAP_TYPE_MODEL_JOB (cap_model_job_get_type ())
G_DECLARE_FINAL_TYPE (CapModelJob, cap_model_job, CAP, MODEL_JOB, GObject)

/* @folder: the user's folder of models. @entries: what to install, in this order; may be
 * empty. @import: the folder that has the files, or NULL. */
CapModelJob *cap_model_job_new_install (const char *folder,
                                        const char *id,
                                        GPtrArray *entries,
                                        const char *import);
CapModelJob *cap_model_job_new_remove (const char *folder, const char *id);

const char *cap_model_job_get_id (CapModelJob *self);
gboolean cap_model_job_is_removal (CapModelJob *self);

/* Whether the job changes the folder of the model @id. */
gboolean cap_model_job_touches (CapModelJob *self, const char *id);

/* The ids of these models. The array is owned by the job. */
const char *const *cap_model_job_list_ids (CapModelJob *self);

/* How far the job is, as ::progress says. FALSE if that is not known yet. */
gboolean cap_model_job_get_progress (CapModelJob *self, const char **stage, guint64 *done, guint64 *total);

/* The id of the model whose files the next step changes, or the one that is at work; NULL
 * if that step leaves what is installed as it is. */
const char *cap_model_job_get_change (CapModelJob *self);

/* Leaves out the model @id, because another job has installed it. Call it before start(). */
void cap_model_job_drop (CapModelJob *self, const char *id);

void cap_model_job_start (CapModelJob *self);

gboolean cap_model_job_is_cancelled (CapModelJob *self);

/* A job that has not begun ends at once; one that has begun, in its next step, which
 * deletes what was downloaded. */
void cap_model_job_cancel (CapModelJob *self);

/* Stops the job because the program ends, and waits for its thread, at most two seconds.
 * Downloads stay for the next time, and no more signals come. */
void cap_model_job_abandon (CapModelJob *self);

G_END_DECLS
