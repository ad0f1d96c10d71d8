/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "history.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The transcript so far: search, copy, save. */
GtkWindow *cap_history_window_new (GtkApplication *application, CapHistory *history);

G_END_DECLS
