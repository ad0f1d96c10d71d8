/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/model-jobs.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A model in the list of models: what it is, its state, and its job.
 *
 * Signals: install, remove, cancel () */
#define CAP_TYPE_MODEL_ROW (cap_model_row_get_type ())
G_DECLARE_FINAL_TYPE (CapModelRow, cap_model_row, CAP, MODEL_ROW, GtkBox)

/* @id: from ListModels. The row is empty until its first update. */
GtkWidget *cap_model_row_new (const char *id);
const char *cap_model_row_get_id (CapModelRow *self);
/* Shows what @jobs knows about the model. The focus stays in the row. */
void cap_model_row_update (CapModelRow *self, CapModelJobs *jobs);
/* Shows only how far the job is. */
void cap_model_row_update_progress (CapModelRow *self, CapModelJobs *jobs);

G_END_DECLS
