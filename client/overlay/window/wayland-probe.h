/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the Wayland compositor of this session has layers (wlr-layer-shell),
 * and we know how to use them. Asks over a connection of its own, so that GTK
 * need not be there yet. */
gboolean cap_wayland_has_layers (void);

G_END_DECLS
