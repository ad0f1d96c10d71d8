/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/catalog.h"
#include "overlay/settings/settings-row.h"

G_BEGIN_DECLS

/* Rows for defaults of the service. The key of the default is the name of the
 * control. A row sends each change at once. If the service refuses it, the row
 * shows the reason, and the control returns to the current value. The row is hidden
 * if the service does not know the default. */

GtkWidget *cap_default_switch_new (CapCatalog *catalog,
                                   const char *key,
                                   const char *title,
                                   const char *explanation);

/* Sends a number only after it has not changed for half a second, because every
 * change interrupts running captions. */
GtkWidget *cap_default_number_new (CapCatalog *catalog,
                                   const char *key,
                                   const char *title,
                                   const char *explanation,
                                   guint low,
                                   guint high,
                                   guint step);

/* For any row: sends @changes, and shows in @row why the service refused them. */
void cap_default_apply (CapCatalog *catalog, CapSettingsRow *row, GVariant *changes);

G_END_DECLS
