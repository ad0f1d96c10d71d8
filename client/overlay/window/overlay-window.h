/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/subscription.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The window with captions, status and, while unlocked, controls for the actions of
 * the application. It keeps position and look in @settings (org.captiond.Overlay)
 * and follows them. Show and hide it with gtk_widget_set_visible (), because
 * presenting it would ask for the focus.
 *
 * While locked, the window never has the keyboard focus, and clicks pass through
 * it. While unlocked, it gets the focus when it is clicked, or by
 * cap_overlay_window_take_focus ().
 *
 * Required actions of the application ("app."): lock (boolean state), hide,
 * settings, history, pause (boolean state), retry, quit. */
#define CAP_TYPE_OVERLAY_WINDOW (cap_overlay_window_get_type ())
G_DECLARE_FINAL_TYPE (CapOverlayWindow, cap_overlay_window, CAP, OVERLAY_WINDOW, GtkApplicationWindow)

CapOverlayWindow *cap_overlay_window_new (GtkApplication *application,
                                          CapSubscription *subscription,
                                          GSettings *settings);
/* Takes the keyboard focus, for a user who unlocked by key or command: arrows move
 * the window, Shift with arrows resizes it, Tab leads to the controls, Escape
 * locks. Does nothing while locked. */
void cap_overlay_window_take_focus (CapOverlayWindow *self);

G_END_DECLS
