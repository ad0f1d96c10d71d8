/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Sets @app_id to the application id of the Flatpak or Snap in which the
 * process @pid runs, or to NULL for a process outside of both. @proc is the
 * folder with the process folders of the kernel ("/proc"). Fails if it cannot
 * read enough to decide; the caller must then refuse the process. */
gboolean cap_sandbox_get_app_id (const char *proc, guint32 pid, char **app_id, GError **error);

G_END_DECLS
