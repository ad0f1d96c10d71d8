/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/source.h"
#include "text/stream.h"

G_BEGIN_DECLS

/* When streams must not listen: all of them while the machine sleeps, and what
 * hears the room or an application while nobody is to be seen at the screen.
 * It asks logind, and only while there is a stream. */
typedef struct _CapHoldPolicy CapHoldPolicy;

CapHoldPolicy *cap_hold_policy_new (GSettings *settings);
void cap_hold_policy_free (CapHoldPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapHoldPolicy, cap_hold_policy_free)

/* Why a stream of such a source must not listen now, for
 * cap_stream_set_held(); NULL if it may. With the first stream it is not known
 * yet whether the session is locked (G_IO_ERROR_PENDING): what may not be heard
 * then waits for the answer, a second at most. */
GError *cap_hold_policy_check (CapHoldPolicy *self, CapSourceKind kind);

/* Holds the stream, and lets it go, until it is removed. */
void cap_hold_policy_add (CapHoldPolicy *self, CapStream *stream, CapSourceKind kind);
void cap_hold_policy_remove (CapHoldPolicy *self, CapStream *stream);

G_END_DECLS
