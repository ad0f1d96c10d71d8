/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* The engine that needs no network: PocketSphinx in its own thread. */
#define CAP_TYPE_ENGINE_LOCAL (cap_engine_local_get_type ())
G_DECLARE_FINAL_TYPE (CapEngineLocal, cap_engine_local, CAP, ENGINE_LOCAL, CapEngine)

/* The engine emits its signals in the thread-default main context of this call.
 * @model_dir: the folder that contains en-us/; NULL for the one of the
 * distribution. */
CapEngine *cap_engine_local_new (const char *model_dir);

/* How long the engine keeps its model (a hundred megabytes) in memory without
 * speech, in milliseconds. The default is five minutes. Call this before
 * start(). */
void cap_engine_local_set_keep_model (CapEngineLocal *self, guint ms);

/* Whether start() would find its model. Fails with CAP_ERROR_NOT_CONFIGURED. */
gboolean cap_engine_local_is_ready (GError **error);

G_END_DECLS
