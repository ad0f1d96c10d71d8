/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"
#include "providers/credentials.h"
#include "providers/providers.h"
#include "realtime/budget.h"
#include "realtime/learnt.h"

G_BEGIN_DECLS

/* The engine that sends speech to a service by the realtime protocol, in one
 * session after the other. It rests, that is, it closes the session, when nobody
 * speaks. While it looks for its key it is STOPPED, so that nothing is captured
 * as long as the keyring is locked. */
#define CAP_TYPE_ENGINE_REALTIME (cap_engine_realtime_get_type ())
G_DECLARE_FINAL_TYPE (CapEngineRealtime, cap_engine_realtime, CAP, ENGINE_REALTIME, CapEngine)

/* @id: of a provider. @language: BCP 47, or empty. @idle_seconds: after this time
 * without speech the engine rests; speech opens another session. When the budget
 * is exhausted the engine is FAILED, until it is not any more. */
CapEngine *cap_engine_realtime_new (const char *id,
                                    const char *language,
                                    CapProviders *providers,
                                    CapCredentials *credentials,
                                    CapLearnt *learnt,
                                    CapBudget *budget,
                                    guint idle_seconds);

G_END_DECLS
