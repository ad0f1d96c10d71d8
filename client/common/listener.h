/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Holds one stream and tells what comes from it, each thing once and in
 * order: what was said before, then what is said now.
 *
 * Signals:
 *   segment (const CapSegment *)
 *   state (const CapState *): some part of it changed. A stream that failed, or
 *     was closed by the service, is still held: what follows is the caller's
 *     to decide. The first one comes before the first segment
 *   level (double): dBFS, while levels are wanted
 *   ended (const GError *): NULL when the end was asked for; nothing follows.
 *     G_DBUS_ERROR_NAME_HAS_NO_OWNER: the service went away;
 *     G_DBUS_ERROR_DISCONNECTED: the bus did; CAP_ERROR_NOT_HOLDER: we were too
 *     slow, and are not sent anything any more; else what a call failed with */
#define CAP_TYPE_LISTENER (cap_listener_get_type ())
G_DECLARE_FINAL_TYPE (CapListener, cap_listener, CAP, LISTENER, GObject)

CapListener *cap_listener_new (GDBusConnection *connection);

/* @options: as OpenStream takes them. */
void cap_listener_open (CapListener *self, GVariant *options);

/* Lets the last words become final, for a second at most, and lets go of the
 * stream. A second call ends at once. */
void cap_listener_finish (CapListener *self);

/* Lets go of the stream without waiting for words. */
void cap_listener_close (CapListener *self);

/* Of a stream that is open and wants partials: whether its level is wanted.
 * Before that, see the options. */
void cap_listener_set_levels (CapListener *self, gboolean levels);

/* Also before the stream is open: then it is paused as soon as it is. */
void cap_listener_set_paused (CapListener *self, gboolean paused);

/* Tries again at once after a failure. */
void cap_listener_retry (CapListener *self);

G_END_DECLS
