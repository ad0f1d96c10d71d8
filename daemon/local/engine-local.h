/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"
#include "local/hosts.h"

G_BEGIN_DECLS

/* The engine for all recognisers of this computer. It runs one of its candidates as a
 * process from the first speech until some minutes of silence. If the process dies or
 * hangs, another one gets the audio that has no final text. If that happens too often,
 * the next candidate takes over: the state stays READY, and get_failure() says why,
 * until the engine has rested. */
#define CAP_TYPE_ENGINE_LOCAL (cap_engine_local_get_type ())
G_DECLARE_FINAL_TYPE (CapEngineLocal, cap_engine_local, CAP, ENGINE_LOCAL, CapEngine)

/* @hosts: the processes that all engines share.
 * @candidates: (element-type CapCandidate) the best first, at least one. The engine
 * takes a reference.
 * @threads: the most processors that a recogniser may use. */
CapEngine *cap_engine_local_new (const char *id, CapHosts *hosts, GPtrArray *candidates, guint threads);

G_END_DECLS
