/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the engine @id is a recogniser of this computer, and no service: "local" or
 * "local:NAME". */
gboolean cap_engine_id_is_local (const char *id);

G_END_DECLS
