/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/source.h"
#include "text/stream.h"

G_BEGIN_DECLS

/* Decides when streams must not listen: no stream while the computer sleeps,
 * and no stream of a microphone or an application while the session is locked
 * or not on the screen. It watches logind while there is a stream. */
typedef struct _CapHoldPolicy CapHoldPolicy;

CapHoldPolicy *cap_hold_policy_new (GSettings *settings);
void cap_hold_policy_free (CapHoldPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapHoldPolicy, cap_hold_policy_free)

/* The reason why a stream of this kind of source must not listen now, for
 * cap_stream_set_held(); NULL if it may. G_IO_ERROR_PENDING means that logind
 * has not yet said whether the session is locked. A stream waits for this
 * answer for at most a second. */
GError *cap_hold_policy_check (CapHoldPolicy *self, CapSourceKind kind);

/* Holds and releases @stream until remove(). The policy keeps a reference. */
void cap_hold_policy_add (CapHoldPolicy *self, CapStream *stream, CapSourceKind kind);
void cap_hold_policy_remove (CapHoldPolicy *self, CapStream *stream);

G_END_DECLS
