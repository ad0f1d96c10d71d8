/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The contents of the overlay: captions, and a strip next to them for status and
 * controls. The strip keeps the height of the controls even while they are hidden,
 * so that the captions do not move. The width does not depend on the children.
 *
 * Signals:
 *   resized (int height): the frame needs this height in pixels */
#define CAP_TYPE_OVERLAY_FRAME (cap_overlay_frame_get_type ())
G_DECLARE_FINAL_TYPE (CapOverlayFrame, cap_overlay_frame, CAP, OVERLAY_FRAME, GtkWidget)

GtkWidget *cap_overlay_frame_new (GtkWidget *captions, GtkWidget *status, GtkWidget *controls);
/* Shows a sentence now and whenever the captions are unlocked, until they are
 * locked. */
void cap_overlay_frame_set_advice (CapOverlayFrame *self, const char *advice);
/* Whether the controls and the handles are shown. Initially FALSE. */
void cap_overlay_frame_set_unlocked (CapOverlayFrame *self, gboolean unlocked);
/* Puts the strip below the captions, so that captions at the top stay at the edge
 * of the screen. */
void cap_overlay_frame_set_strip_below (CapOverlayFrame *self, gboolean below);

G_END_DECLS
