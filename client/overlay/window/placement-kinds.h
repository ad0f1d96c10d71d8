/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/window/placement.h"

G_BEGIN_DECLS

/* All kinds of placement, for placement.c. Each is in the file of its name. */

#define CAP_TYPE_PLACEMENT_LAYER (cap_placement_layer_get_type ())
G_DECLARE_FINAL_TYPE (CapPlacementLayer, cap_placement_layer, CAP, PLACEMENT_LAYER, CapPlacement)

#define CAP_TYPE_PLACEMENT_X11 (cap_placement_x11_get_type ())
G_DECLARE_FINAL_TYPE (CapPlacementX11, cap_placement_x11, CAP, PLACEMENT_X11, CapPlacement)

#define CAP_TYPE_PLACEMENT_WINDOW (cap_placement_window_get_type ())
G_DECLARE_FINAL_TYPE (CapPlacementWindow, cap_placement_window, CAP, PLACEMENT_WINDOW, CapPlacement)

G_END_DECLS
