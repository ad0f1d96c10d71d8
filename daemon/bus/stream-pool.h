/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "bus/engines.h"
#include "bus/service-stream.h"
#include "sound/audio-graph.h"

G_BEGIN_DECLS

/* All open streams and their D-Bus objects: creates a stream, shares it between
 * callers that ask for the same, and releases it with its last hold.
 *
 * Signals:
 *  ::changed  a stream was added or removed
 *  ::closed   once after close(): every stream is closed */
#define CAP_TYPE_STREAM_POOL (cap_stream_pool_get_type ())
G_DECLARE_FINAL_TYPE (CapStreamPool, cap_stream_pool, CAP, STREAM_POOL, GObject)

/* Also exports the object manager at CAP_OBJECT_PATH on @connection. */
CapStreamPool *cap_stream_pool_new (GDBusConnection *connection, GSettings *settings, CapEngines *engines);

/* The stream that fits the options of OpenStream (a{sv}, of known keys and
 * types): one to join, one to share, or a new one. The pool owns it. Fails with
 * the errors of OpenStream, and with CAP_ERROR_LIMIT_EXCEEDED after close(). */
CapServiceStream *cap_stream_pool_open (CapStreamPool *self, GVariant *options, GError **error);

gboolean cap_stream_pool_is_empty (CapStreamPool *self);

/* Removes all holds of @bus_name; see cap_service_stream_drop(). */
void cap_stream_pool_drop_caller (CapStreamPool *self, const char *bus_name, const char *reason);

/* Closes every stream. Each engine gets two seconds to recognize the last
 * words. */
void cap_stream_pool_close (CapStreamPool *self);

/* The audio graph that all streams share, with a new reference. It exists only
 * while something refers to it. */
CapAudioGraph *cap_stream_pool_ref_graph (CapStreamPool *self);

G_END_DECLS
