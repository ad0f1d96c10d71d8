/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The sub-commands of "model" that start jobs; see CapCommandFunc. */
gboolean cap_model_command_install (int argc, char **argv, GError **error);
gboolean cap_model_command_remove (int argc, char **argv, GError **error);
gboolean cap_model_command_import (int argc, char **argv, GError **error);

G_END_DECLS
