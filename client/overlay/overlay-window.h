/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "history.h"
#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The captions on the screen: lines, status, and, unlocked, a bar of controls
 * whose buttons are actions of the application. Keeps its place and look in
 * @settings (org.captiond.Overlay), and follows them.
 *
 * Actions that it needs of the application ("app."): lock (boolean state),
 * hide, settings, history, pause (boolean state), retry, quit. */
#define CAP_TYPE_OVERLAY_WINDOW (cap_overlay_window_get_type ())
G_DECLARE_FINAL_TYPE (CapOverlayWindow, cap_overlay_window, CAP, OVERLAY_WINDOW, GtkApplicationWindow)

CapOverlayWindow *cap_overlay_window_new (GtkApplication *application,
                                          CapSession *session,
                                          GSettings *settings);

G_END_DECLS
