/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/service/subscription.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The captions on the screen: lines, status, and, unlocked, a bar of controls
 * whose buttons are actions of the application. Keeps its place and look in
 * @settings (org.captiond.Overlay), and follows them. Show and hide it with
 * gtk_widget_set_visible (): presenting it would ask for the focus.
 *
 * Locked it never has the keyboard, and clicks go through it. Unlocked it has
 * the keyboard when it is clicked, and when take_focus is called.
 *
 * Actions that it needs of the application ("app."): lock (boolean state),
 * hide, settings, history, pause (boolean state), retry, quit. */
#define CAP_TYPE_OVERLAY_WINDOW (cap_overlay_window_get_type ())
G_DECLARE_FINAL_TYPE (CapOverlayWindow, cap_overlay_window, CAP, OVERLAY_WINDOW, GtkApplicationWindow)

CapOverlayWindow *cap_overlay_window_new (GtkApplication *application,
                                          CapSubscription *subscription,
                                          GSettings *settings);
/* The user unlocked it by a key or a command, and goes on with keys: arrows
 * move it, with Shift they make it wider, Tab leads to the controls, Escape
 * locks. Does nothing while it is locked. */
void cap_overlay_window_take_focus (CapOverlayWindow *self);

G_END_DECLS
