/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The inside of the overlay: captions, and a strip beside them for the status
 * and the controls. The strip is always as high as its controls, also while
 * they are not shown: captions stay where they are whatever else comes and goes.
 * As wide as it is asked to be, whatever its children want.
 *
 * Signals:
 *   resized (int height): it needs that many pixels now */
#define CAP_TYPE_OVERLAY_FRAME (cap_overlay_frame_get_type ())
G_DECLARE_FINAL_TYPE (CapOverlayFrame, cap_overlay_frame, CAP, OVERLAY_FRAME, GtkWidget)

GtkWidget *cap_overlay_frame_new (GtkWidget *captions, GtkWidget *status, GtkWidget *controls);
/* A sentence that is shown from now on until the captions are locked, and
 * whenever they are unlocked. */
void cap_overlay_frame_set_advice (CapOverlayFrame *self, const char *advice);
/* Whether there are controls, and something to take hold of. FALSE in the beginning. */
void cap_overlay_frame_set_unlocked (CapOverlayFrame *self, gboolean unlocked);
/* The captions stay at the edge that they are at. */
void cap_overlay_frame_set_strip_below (CapOverlayFrame *self, gboolean below);

G_END_DECLS
