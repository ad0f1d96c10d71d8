/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Gives a chain of asynchronous calls one cancellable, which is cancelled when
 * the caller's is, or when the time is up. For the main thread only. */
typedef struct _CapDeadline CapDeadline;

/* @parent: the caller's cancellable, or NULL. @ms: milliseconds from now. */
CapDeadline *cap_deadline_new (GCancellable *parent, guint ms);
/* Owned by the deadline. */
GCancellable *cap_deadline_get_cancellable (CapDeadline *self);
/* Replaces the time that is left by @ms milliseconds from now. */
void cap_deadline_extend (CapDeadline *self, guint ms);
/* Removes the time limit; the caller's cancellable still works. */
void cap_deadline_stop (CapDeadline *self);
/* TRUE if the time was up, FALSE if the caller cancelled or nothing happened. */
gboolean cap_deadline_is_over (CapDeadline *self);
void cap_deadline_free (CapDeadline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapDeadline, cap_deadline_free)

G_END_DECLS
