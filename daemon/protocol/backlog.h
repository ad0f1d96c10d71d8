/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Counts the bytes that a server has not yet read. Neither libsoup nor the kernel
 * shows the length of its queue; but a ping follows the messages before it, so its
 * pong proves that the server has read them.
 *
 * May overstate the backlog, by up to one interval of pings. */
typedef struct _CapRealtimeBacklog CapRealtimeBacklog;

CapRealtimeBacklog *cap_realtime_backlog_new (void);
void cap_realtime_backlog_free (CapRealtimeBacklog *self);

/* Call this after sending a message of @n_bytes. */
void cap_realtime_backlog_add (CapRealtimeBacklog *self, gsize n_bytes);
/* Call this once for each ping, at about its time. */
void cap_realtime_backlog_ping (CapRealtimeBacklog *self);
/* Call this for each pong. TRUE if the backlog has become smaller. */
gboolean cap_realtime_backlog_pong (CapRealtimeBacklog *self, const char *payload);

/* The backlog in bytes. */
guint64 cap_realtime_backlog_get (CapRealtimeBacklog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeBacklog, cap_realtime_backlog_free)

G_END_DECLS
