/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "models/catalogue.h"
#include "models/model-job.h"

G_BEGIN_DECLS

/* The user's models: the catalogue, the jobs that change it, and whether the files of a
 * model were compared with its manifest since this program began. Jobs take their steps one
 * after the other; one that would replace or remove files in use lets others pass until
 * they are free.
 *
 * Signal ::changed: the catalogue has changed, or a job began or ended. */
#define CAP_TYPE_MODELS (cap_models_get_type ())
G_DECLARE_FINAL_TYPE (CapModels, cap_models, CAP, MODELS, GObject)

/* The arguments are those of cap_catalogue_new(). Deletes what an earlier run has left. */
CapModels *cap_models_new (const char *user_folder, const char *const *system_folders);

/* Owned by the models. */
CapCatalogue *cap_models_get_catalogue (CapModels *self);

/* Installs the model @id and those that it needs, or joins the job that does. A model that
 * is installed already, as the catalogue has it and undamaged, is left as it is, and the
 * job succeeds. @import: an absolute path, or NULL.
 *
 * NULL with CAP_ERROR_NO_SUCH_MODEL, CAP_ERROR_MODEL_NOT_SUPPORTED (not for this machine)
 * or CAP_ERROR_LIMIT_EXCEEDED (more than 16 jobs). The job starts in a later turn of the
 * main loop. */
CapModelJob *cap_models_install (CapModels *self, const char *id, const char *import, GError **error);

/* Removes the user's model @id. NULL with CAP_ERROR_NO_SUCH_MODEL (also if it is not
 * installed), CAP_ERROR_POLICY_REFUSED (installed for all users) or
 * CAP_ERROR_LIMIT_EXCEEDED. */
CapModelJob *cap_models_remove (CapModels *self, const char *id, GError **error);

/* "installing" or "removing" if a job will do that with the model, otherwise NULL. */
const char *cap_models_get_activity (CapModels *self, const char *id);

/* Whether a job or a comparison is at work. */
gboolean cap_models_is_busy (CapModels *self);

/* Stops all work because the program ends. Downloads stay for the next time. */
void cap_models_stop (CapModels *self);

/* Compares the files of the installed model @id with its manifest, once in the life of
 * this object; call it before the files are used. Waits for a job that is replacing or
 * removing them, and lets none begin until the comparison has ended. Fails with
 * CAP_ERROR_NO_SUCH_MODEL, or with CAP_ERROR_MODEL_DAMAGED, which the catalogue then knows. */
void cap_models_check_async (CapModels *self,
                             const char *id,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cap_models_check_finish (CapModels *self, GAsyncResult *result, GError **error);

G_END_DECLS
