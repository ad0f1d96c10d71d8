/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/catalog.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds a speech service or edits one: its settings and its key. The user can enter
 * a key; the dialog never shows one. It closes when everything is stored. @id: NULL
 * for a new service. */
GtkWindow *cap_provider_dialog_new (GtkWindow *parent, CapCatalog *catalog, const char *id);

G_END_DECLS
