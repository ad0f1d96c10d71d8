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
 *   ended (const GError *): NULL when the end was asked for; nothing follows */
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

G_END_DECLS
