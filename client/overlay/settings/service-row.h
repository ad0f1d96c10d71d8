/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* An engine in the list of speech services.
 *
 * Signals: use, edit, remove () */
#define CAP_TYPE_SERVICE_ROW (cap_service_row_get_type ())
G_DECLARE_FINAL_TYPE (CapServiceRow, cap_service_row, CAP, SERVICE_ROW, GtkBox)

/* @engine: a{sv} from ListEngines. @used: whether it is the default engine. */
GtkWidget *cap_service_row_new (GVariant *engine, gboolean used);
const char *cap_service_row_get_id (CapServiceRow *self);
/* NULL removes the problem. */
void cap_service_row_set_problem (CapServiceRow *self, const char *sentence);

G_END_DECLS
