/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The application id of the Flatpak or Snap that process @pid runs in, or
 * NULL for a process outside of both. @proc is where the kernel's process
 * folders are ("/proc"). Fails, and so closes, when it cannot be told. */
gboolean cap_sandbox_get_app_id (const char *proc, guint32 pid, char **app_id, GError **error);

G_END_DECLS
