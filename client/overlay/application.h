/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CAP_OVERLAY_ID "org.captiond.Overlay"

/* The overlay, one process in a login session. Other invocations, the desktop and
 * shortcuts control it through its actions:
 *
 *   show, hide, toggle   hidden captions capture nothing
 *   join (s)             an object path, or the number of a stream
 *   lock                 boolean state: whether clicks pass through
 *   pause                boolean state; hiding the captions ends it
 *   retry                after a failure
 *   settings, history    open their windows
 *   quit
 *
 * The process ends when no window is open and no captions were shown yet. After
 * that it stays, because it holds the transcript. */
#define CAP_TYPE_APPLICATION (cap_application_get_type ())
G_DECLARE_FINAL_TYPE (CapApplication, cap_application, CAP, APPLICATION, GtkApplication)

CapApplication *cap_application_new (void);

G_END_DECLS
