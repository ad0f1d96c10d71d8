/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/catalog.h"
#include "overlay/service/model-jobs.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A line that says once that the catalogue has a better recogniser than the one that
 * every computer has. Hidden if there is nothing to say. It remembers in the settings of
 * the overlay that a user saw it.
 *
 * Signals: show-models () */
#define CAP_TYPE_MODEL_HINT (cap_model_hint_get_type ())
G_DECLARE_FINAL_TYPE (CapModelHint, cap_model_hint, CAP, MODEL_HINT, GtkBox)

GtkWidget *cap_model_hint_new (CapCatalog *catalog, CapModelJobs *jobs, GSettings *settings);

G_END_DECLS
