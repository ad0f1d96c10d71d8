/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A cancellable for a chain of calls: cancelled when the one of the caller
 * is, or when time is up. For the main thread. */
typedef struct _CapDeadline CapDeadline;

/* @parent: or NULL. */
CapDeadline *cap_deadline_new (GCancellable *parent, guint ms);
/* Valid as long as the deadline is. */
GCancellable *cap_deadline_get_cancellable (CapDeadline *self);
/* So long from now on, in the place of what was set before. */
void cap_deadline_extend (CapDeadline *self, guint ms);
/* What is cancelled no more by time. */
void cap_deadline_stop (CapDeadline *self);
/* Time was up, rather than that the caller cancelled. */
gboolean cap_deadline_is_over (CapDeadline *self);
void cap_deadline_free (CapDeadline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapDeadline, cap_deadline_free)

G_END_DECLS
