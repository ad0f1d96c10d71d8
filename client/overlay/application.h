/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CAP_OVERLAY_ID "org.captiond.Overlay"

/* The overlay: one process of a session, which others of its kind, the desktop
 * and shortcuts tell what to do by its actions:
 *
 *   show, hide, toggle   while captions are hidden nothing is captured for us
 *   join (s)             an object path, or the number of a stream
 *   lock                 boolean state: whether clicks pass through
 *   pause                boolean state; captions are shown again running
 *   retry                after a failure
 *   settings, history    their windows
 *   quit
 *
 * It stays while captions were shown once, for the transcript is in its
 * memory, or while a window is open. */
#define CAP_TYPE_APPLICATION (cap_application_get_type ())
G_DECLARE_FINAL_TYPE (CapApplication, cap_application, CAP, APPLICATION, GtkApplication)

CapApplication *cap_application_new (void);

G_END_DECLS
