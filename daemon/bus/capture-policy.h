/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/source.h"
#include "text/stream.h"

G_BEGIN_DECLS

/* Decides when streams must not listen: no stream while the computer sleeps,
 * and no stream of a microphone or an application while the session is locked
 * or not on the screen. It watches logind while there is a stream. */
typedef struct _CapCapturePolicy CapCapturePolicy;

CapCapturePolicy *cap_capture_policy_new (GSettings *settings);
void cap_capture_policy_free (CapCapturePolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapCapturePolicy, cap_capture_policy_free)

/* The reason why a stream of this kind of source must not listen now, for
 * cap_stream_set_blocked(); NULL if it may. G_IO_ERROR_PENDING means that logind
 * has not yet said whether the session is locked. A stream waits for this
 * answer for at most a second. */
GError *cap_capture_policy_check (CapCapturePolicy *self, CapSourceKind kind);

/* Holds and releases @stream until remove(). The policy keeps a reference. */
void cap_capture_policy_add (CapCapturePolicy *self, CapStream *stream, CapSourceKind kind);
void cap_capture_policy_remove (CapCapturePolicy *self, CapStream *stream);

G_END_DECLS
