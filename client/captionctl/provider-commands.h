/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Commands of "captionctl provider"; see CapCommandFunc. */
gboolean cap_provider_command_add (int argc, char **argv, GError **error);
gboolean cap_provider_command_set (int argc, char **argv, GError **error);
gboolean cap_provider_command_set_key (int argc, char **argv, GError **error);
gboolean cap_provider_command_clear_key (int argc, char **argv, GError **error);

/* Makes @id the engine of streams that name none. */
gboolean cap_provider_make_default (GDBusConnection *connection, const char *id, GError **error);

G_END_DECLS
