/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Dialogs are dark where the desktop is, which GTK itself sees from 4.20 on
 * only. For as long as this lives, @settings follow what the desktop's portal
 * says on @connection; without a portal they stay as they are. */
#define CAP_TYPE_APPEARANCE (cap_appearance_get_type ())
G_DECLARE_FINAL_TYPE (CapAppearance, cap_appearance, CAP, APPEARANCE, GObject)

CapAppearance *cap_appearance_new (GDBusConnection *connection, GtkSettings *settings);

G_END_DECLS
