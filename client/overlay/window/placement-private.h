/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* For tests. */

#pragma once

#include "overlay/window/placement.h"

G_BEGIN_DECLS

/* "layer-shell", "x11" or "window". */
const char *cap_placement_get_name (CapPlacement *self);

G_END_DECLS
