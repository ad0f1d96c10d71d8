/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/graph-mirror.h"
#include "sound/source.h"

G_BEGIN_DECLS

struct pw_core;
struct pw_loop;

/* A connection to PipeWire, and a mirror of the nodes, ports and links in its
 * graph and of the names of the default devices. The object connects when it
 * is created. When the server is absent or disappears, it tries again with a
 * growing delay. It knows nothing about streams.
 *
 * Signals:
 *  ::changed        the mirror changed; emitted at most once in an iteration of
 *                   the main loop
 *  ::connected      the server answered, and the mirror is complete
 *  ::disconnected   the server disappeared, or an attempt to connect failed.
 *                   Handlers must destroy everything that they made with the
 *                   core
 *  ::link-added (CapGraphLink *link)
 *                   emitted immediately, before any later event
 *  ::synced (int seq)
 *                   the server answered cap_audio_graph_sync(), which
 *                   returned @seq
 */
#define CAP_TYPE_AUDIO_GRAPH (cap_audio_graph_get_type ())
G_DECLARE_FINAL_TYPE (CapAudioGraph, cap_audio_graph, CAP, AUDIO_GRAPH, GObject)

/* Unsets the environment variables with which PipeWire's library could redirect
 * a capture. main() calls this before anything else. */
void cap_audio_graph_ignore_environment (void);

CapAudioGraph *cap_audio_graph_new (void);

/* TRUE between ::connected and ::disconnected. */
gboolean cap_audio_graph_is_connected (CapAudioGraph *self);

/* TRUE if there is no server: the last attempt to connect failed. */
gboolean cap_audio_graph_is_absent (CapAudioGraph *self);

/* The reply of the D-Bus method ListSources: aa{sv}, a floating reference. */
GVariant *cap_audio_graph_list_sources (CapAudioGraph *self);

/* Owned by the graph. Without a connection, the mirror is empty and the core is
 * NULL. */
CapGraphMirror *cap_audio_graph_get_mirror (CapAudioGraph *self);
struct pw_core *cap_audio_graph_get_core (CapAudioGraph *self);
struct pw_loop *cap_audio_graph_get_loop (CapAudioGraph *self);

/* Asks the server for a ::synced. The server answers once it has handled all
 * earlier requests and reported all earlier events. Returns the number of the
 * request. Only while connected. */
int cap_audio_graph_sync (CapAudioGraph *self);

/* Whether the connected server has this version or a newer one. */
gboolean cap_audio_graph_server_is_at_least (CapAudioGraph *self, guint major, guint minor);

G_END_DECLS
