/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/catalog.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Makes a speech service known, or changes one: its settings, and its key. The
 * key is taken and handed over; no key is ever shown. Closes when all of it is
 * done. @id: NULL for a new one. */
GtkWindow *cap_provider_dialog_new (GtkWindow *parent, CapCatalog *catalog, const char *id);

G_END_DECLS
