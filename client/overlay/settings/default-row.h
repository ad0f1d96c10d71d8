/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/catalog.h"
#include "overlay/settings/settings-row.h"

G_BEGIN_DECLS

/* Rows of the service's defaults. The control's widget has the default's key
 * as its name. A change is told at once; what the service refuses is said
 * below, and the control goes back to what is true. A row is not there where
 * the service does not know its default. */

GtkWidget *cap_default_switch_new (CapCatalog *catalog,
                                   const char *key,
                                   const char *title,
                                   const char *explanation);

/* Told when the number has stood for half a second: on the way there, running
 * captions would be interrupted at every step. */
GtkWidget *cap_default_number_new (CapCatalog *catalog,
                                   const char *key,
                                   const char *title,
                                   const char *explanation,
                                   guint low,
                                   guint high,
                                   guint step);

/* Of any row: tells the service, and says in the row what it refuses. */
void cap_default_apply (CapCatalog *catalog, CapSettingsRow *row, GVariant *changes);

G_END_DECLS
