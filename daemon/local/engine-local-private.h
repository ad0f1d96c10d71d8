/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "local/engine-local.h"

G_BEGIN_DECLS

/* For tests. */

/* @ms: how long the engine keeps a process without speech. */
void cap_engine_local_set_keep_process (CapEngineLocal *self, guint ms);

/* Whether a process is running. */
gboolean cap_engine_local_has_process (CapEngineLocal *self);

G_END_DECLS
