/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/model-jobs.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The questions before a model is installed or removed. If the user agrees, the dialog
 * begins the job. Each dialog is modal for @parent, and not shown yet. @id: of a model in
 * the list of @jobs. */
GtkWindow *cap_model_question_new_install (GtkWindow *parent, CapModelJobs *jobs, const char *id);
GtkWindow *cap_model_question_new_remove (GtkWindow *parent, CapModelJobs *jobs, const char *id);

G_END_DECLS
