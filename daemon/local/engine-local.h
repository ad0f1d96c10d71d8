/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* The engine that needs no network: PocketSphinx, in a thread of its own. */
#define CAP_TYPE_ENGINE_LOCAL (cap_engine_local_get_type ())
G_DECLARE_FINAL_TYPE (CapEngineLocal, cap_engine_local, CAP, ENGINE_LOCAL, CapEngine)

/* Signals come in the thread-default main context of this call.
 * @model_dir: where en-us/ lies; NULL for that of the distribution. */
CapEngine *cap_engine_local_new (const char *model_dir);

/* How long the model, a hundred megabytes, is kept when nobody speaks: before
 * start(), in milliseconds; five minutes if not called. */
void cap_engine_local_set_keep_model (CapEngineLocal *self, guint ms);

/* Whether start() would find its model: CAP_ERROR_NOT_CONFIGURED if not. */
gboolean cap_engine_local_is_ready (GError **error);

G_END_DECLS
