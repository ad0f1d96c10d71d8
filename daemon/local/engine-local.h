/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* The engine that needs no network: PocketSphinx in its own thread. It emits its
 * signals in the main context that was the thread's default when it was made. */
#define CAP_TYPE_ENGINE_LOCAL (cap_engine_local_get_type ())
G_DECLARE_FINAL_TYPE (CapEngineLocal, cap_engine_local, CAP, ENGINE_LOCAL, CapEngine)

/* Whether start() would find its model. Fails with CAP_ERROR_NOT_CONFIGURED. */
gboolean cap_engine_local_is_ready (GError **error);

G_END_DECLS
