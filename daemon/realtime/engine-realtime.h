/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"
#include "providers/credentials.h"
#include "providers/providers.h"
#include "realtime/budget.h"
#include "realtime/learnt.h"

G_BEGIN_DECLS

/* The engine that sends speech to a service, by the realtime protocol: one
 * session after the other, through the door that is open. While it waits for
 * its key it is STOPPED, so that nothing is captured for a keyring that stays
 * locked. */
#define CAP_TYPE_ENGINE_REALTIME (cap_engine_realtime_get_type ())
G_DECLARE_FINAL_TYPE (CapEngineRealtime, cap_engine_realtime, CAP, ENGINE_REALTIME, CapEngine)

/* @id: a provider's. @language: BCP 47, or empty. @idle_seconds: after so long
 * without speech the session is closed; speech opens another. With the budget
 * exhausted it is FAILED, until there is one again. */
CapEngine *cap_engine_realtime_new (const char *id,
                                    const char *language,
                                    CapProviders *providers,
                                    CapCredentials *credentials,
                                    CapLearnt *learnt,
                                    CapBudget *budget,
                                    guint idle_seconds);

G_END_DECLS
