/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Captions from login on: an entry in the autostart folder of the desktop
 * (freedesktop.org's Desktop Application Autostart Specification). */

/* FALSE in a sandbox, which cannot write there. */
gboolean cap_autostart_is_possible (void);
/* As the folders say now; also by an entry of the administrator. */
gboolean cap_autostart_is_on (void);
/* Errors are sentences for people. */
gboolean cap_autostart_set (gboolean on, GError **error);

G_END_DECLS
