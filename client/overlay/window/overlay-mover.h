/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/window/overlay-place.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Moves and resizes the captions with the pointer (drag anywhere, or drag the left
 * or right edge) and with keys (arrows, Shift with arrows). Escape locks them
 * (app.lock). */
#define CAP_TYPE_OVERLAY_MOVER (cap_overlay_mover_get_type ())
G_DECLARE_FINAL_TYPE (CapOverlayMover, cap_overlay_mover, CAP, OVERLAY_MOVER, GObject)

/* @handle: the contents of @window */
CapOverlayMover *cap_overlay_mover_new (GtkWindow *window, GtkWidget *handle, CapOverlayPlace *place);
/* Initially FALSE. */
void cap_overlay_mover_set_active (CapOverlayMover *self, gboolean active);

G_END_DECLS
