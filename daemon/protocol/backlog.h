/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much of what was sent a server has not been seen to read. No library
 * tells how much it holds in its queue, and the kernel holds some more; but a
 * ping takes the same way as the messages before it, and its pong shows that
 * they were read.
 *
 * Errs on the side of too much, by up to one interval of pings. */
typedef struct _CapRealtimeBacklog CapRealtimeBacklog;

CapRealtimeBacklog *cap_realtime_backlog_new (void);
void cap_realtime_backlog_free (CapRealtimeBacklog *self);

/* A message of @n_bytes was sent. */
void cap_realtime_backlog_add (CapRealtimeBacklog *self, gsize n_bytes);
/* A ping was sent: to be called as often as there are pings, and about when. */
void cap_realtime_backlog_ping (CapRealtimeBacklog *self);
/* A pong came. TRUE: the backlog is less than it was. */
gboolean cap_realtime_backlog_pong (CapRealtimeBacklog *self, const char *payload);

/* Bytes. */
guint64 cap_realtime_backlog_get (CapRealtimeBacklog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeBacklog, cap_realtime_backlog_free)

G_END_DECLS
