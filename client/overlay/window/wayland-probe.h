/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the Wayland compositor supports layers (wlr-layer-shell), and the overlay
 * was built with support for them. Uses its own connection, so that GTK need not be
 * initialized. */
gboolean cap_wayland_has_layers (void);

G_END_DECLS
