/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Holds one stream and reports its segments, each form once and in order: first the
 * history, then live captions.
 *
 * Signals:
 *   segment (const CapSegment *)
 *   caught-up (): the history is complete; later segments are live
 *   state (const CapState *): the state changed. The listener still holds a stream
 *     that failed, or that the service closed; the caller decides what to do next.
 *     The first state comes before the first segment
 *   level (double): dBFS, if the caller asked for levels
 *   ended (const GError *): no signal follows. NULL if the caller asked for the end.
 *     G_DBUS_ERROR_NAME_HAS_NO_OWNER: the service went away;
 *     G_DBUS_ERROR_DISCONNECTED: the bus went away; CAP_ERROR_NOT_HOLDER: the service
 *     dropped us because we read too slowly; otherwise the error of a failed call */
#define CAP_TYPE_LISTENER (cap_listener_get_type ())
G_DECLARE_FINAL_TYPE (CapListener, cap_listener, CAP, LISTENER, GObject)

CapListener *cap_listener_new (GDBusConnection *connection);

/* @options: the options of OpenStream; a floating reference is consumed. */
void cap_listener_open (CapListener *self, GVariant *options);

/* Waits at most one second for the last text to become final, and closes the stream.
 * A second call ends at once. */
void cap_listener_finish (CapListener *self);

/* Closes the stream without waiting for text. */
void cap_listener_close (CapListener *self);

/* Turns levels on or off for an open stream with partials. Before the stream is open,
 * the option "levels" decides. */
void cap_listener_set_levels (CapListener *self, gboolean levels);

/* May be called before the stream is open; it is then paused as soon as it opens. */
void cap_listener_set_paused (CapListener *self, gboolean paused);

/* Makes the service try again at once after a failure. */
void cap_listener_retry (CapListener *self);

G_END_DECLS
