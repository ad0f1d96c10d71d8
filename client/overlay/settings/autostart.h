/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Captions at login: an entry in the autostart folder of the desktop (Desktop
 * Application Autostart Specification of freedesktop.org). */

/* FALSE in a sandbox, which may not write there. */
gboolean cap_autostart_is_possible (void);
/* Reads the folders, including the entry of an administrator. */
gboolean cap_autostart_is_on (void);
/* Errors are sentences for people. */
gboolean cap_autostart_set (gboolean on, GError **error);

G_END_DECLS
