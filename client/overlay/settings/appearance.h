/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Makes dialogs dark when the desktop is, which GTK itself does only from 4.20 on.
 * As long as the object lives, @settings follow the portal of the desktop on
 * @connection; without a portal they do not change. */
#define CAP_TYPE_APPEARANCE (cap_appearance_get_type ())
G_DECLARE_FINAL_TYPE (CapAppearance, cap_appearance, CAP, APPEARANCE, GObject)

CapAppearance *cap_appearance_new (GDBusConnection *connection, GtkSettings *settings);

G_END_DECLS
