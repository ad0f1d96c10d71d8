/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/window/placement.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the captions are: the settings say it, and a placement does it. */
#define CAP_TYPE_OVERLAY_PLACE (cap_overlay_place_get_type ())
G_DECLARE_FINAL_TYPE (CapOverlayPlace, cap_overlay_place, CAP, OVERLAY_PLACE, GObject)

/* @window: not yet realized, with its child. Follows @settings from now on. */
CapOverlayPlace *cap_overlay_place_new (GtkWindow *window, GSettings *settings);

/* Whether that setting says where captions are, and nothing of their look. */
gboolean cap_overlay_place_is_key (const char *key);
CapPlacement *cap_overlay_place_get_placement (CapOverlayPlace *self);

/* @height: pixels that the window needs. */
void cap_overlay_place_set_height (CapOverlayPlace *self, int height);

/* The middle of the window, in pixels of its monitor; it is free then. */
void cap_overlay_place_move (CapOverlayPlace *self, double x, double y);
/* @width: pixels. The middle stays where it is. */
void cap_overlay_place_resize (CapOverlayPlace *self, double width);
/* What lies near the edge above or below, in the middle, belongs to that edge. */
void cap_overlay_place_snap (CapOverlayPlace *self);
/* What was changed becomes what the settings say. */
void cap_overlay_place_store (CapOverlayPlace *self);

G_END_DECLS
