/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* Combines two engines: the primary, which may become unreachable, and a
 * fallback that takes over meanwhile. When the primary is unreachable for
 * longer than the patience, this engine creates a fallback and passes on all
 * audio that has no text yet. When the primary is ready again, the fallback
 * continues to the next pause in speech and finishes its last text; then the
 * primary gets the audio that follows. At any time only one of the two owes
 * text, so no audio is recognized twice, and none is left out.
 *
 * State, failure and remote host are those of the engine that is active; id and
 * counters are those of the primary. Each hypothesis names the engine that
 * recognized it. While this engine waits for a primary that failed, its state
 * is RECONNECTING. */
#define CAP_TYPE_ENGINE_FALLBACK (cap_engine_fallback_get_type ())
G_DECLARE_FINAL_TYPE (CapEngineFallback, cap_engine_fallback, CAP, ENGINE_FALLBACK, CapEngine)

/* Returns a new fallback engine that is not started, which the caller owns; or NULL if
 * there is none any more. */
typedef CapEngine *(*CapEngineMaker) (gpointer user_data);

/* @primary: an engine that is not started. This engine takes a reference.
 * @maker: called with @user_data, which the engine owns and frees with @free_data
 * (may be NULL), each time a fallback is needed. This engine drops
 * the fallback, and so the memory of its model, when the primary takes over.
 * @patience_ms: how long the primary may be unreachable. */
CapEngine *cap_engine_fallback_new (CapEngine *primary, CapEngineMaker maker, gpointer user_data,
                                    GDestroyNotify free_data, guint patience_ms);

G_END_DECLS
