/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/window/placement.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Applies the position in the settings to a placement, and stores changes by the
 * user. */
#define CAP_TYPE_OVERLAY_PLACE (cap_overlay_place_get_type ())
G_DECLARE_FINAL_TYPE (CapOverlayPlace, cap_overlay_place, CAP, OVERLAY_PLACE, GObject)

/* @window: has its child, and is not realized yet. Follows @settings from now on. */
CapOverlayPlace *cap_overlay_place_new (GtkWindow *window, GSettings *settings);

/* Whether the key is about the position and not about the appearance. */
gboolean cap_overlay_place_is_key (const char *key);
CapPlacement *cap_overlay_place_get_placement (CapOverlayPlace *self);

/* @height: pixels that the window needs. */
void cap_overlay_place_set_height (CapOverlayPlace *self, int height);

/* Moves the centre of the window to this place on its monitor, in pixels. The
 * position becomes free. */
void cap_overlay_place_move (CapOverlayPlace *self, double x, double y);
/* @width: pixels. The centre stays in place. */
void cap_overlay_place_resize (CapOverlayPlace *self, double width);
/* Docks captions that are near the middle of the top or bottom edge. */
void cap_overlay_place_snap (CapOverlayPlace *self);
/* Stores the changes in the settings. */
void cap_overlay_place_store (CapOverlayPlace *self);

G_END_DECLS
