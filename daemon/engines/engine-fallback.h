/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* Joins an engine that may be away, the primary, with one that stands in for
 * it. Once the primary takes no audio for the patience, though it was told
 * well how to, the stand-in is made and hears what was not answered. When the
 * primary is back the stand-in goes on to the next pause of speech and gives
 * its last text; then the primary has what comes. Only one of them ever owes
 * text, so that no audio is heard twice and none by nobody.
 *
 * State, failure and remote host are those of who is at work; the id and the
 * counters are the primary's. A hypothesis names who recognised it. While a
 * failed primary is waited for, the state is RECONNECTING. */
#define CAP_TYPE_ENGINE_FALLBACK (cap_engine_fallback_get_type ())
G_DECLARE_FINAL_TYPE (CapEngineFallback, cap_engine_fallback, CAP, ENGINE_FALLBACK, CapEngine)

/* Makes a new stand-in, not started; the caller's. */
typedef CapEngine *(*CapEngineMaker) (gpointer data);

/* @primary: not started; a reference is taken.
 * @maker: called whenever a stand-in is needed; that is dropped with the
 * memory of its model when it is no more.
 * @patience_ms: how long the primary may be away. */
CapEngine *cap_engine_fallback_new (CapEngine *primary, CapEngineMaker maker, gpointer data, guint patience_ms);

G_END_DECLS
