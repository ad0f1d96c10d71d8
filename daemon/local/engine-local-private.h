/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "local/engine-local.h"

G_BEGIN_DECLS

/* For tests: the daemon makes its engines by their type.
 * @model_dir: the folder that contains en-us/; NULL for the one of the
 * distribution. */
CapEngine *cap_engine_local_new (const char *model_dir);

/* For tests: how long the engine keeps its model in memory without speech, in
 * milliseconds. The default is five minutes. Call this before start(). */
void cap_engine_local_set_keep_model (CapEngineLocal *self, guint ms);

G_END_DECLS
