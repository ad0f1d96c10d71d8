/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/graph-mirror.h"
#include "sound/source.h"

G_BEGIN_DECLS

struct pw_core;
struct pw_loop;

/* What there is to capture: a connection to PipeWire that mirrors the nodes,
 * ports and links of its graph and the names of the default devices.
 * Connects when made, and again, with a growing delay, whenever the server is
 * gone; it is dropped when nobody needs it. Knows nothing of streams.
 *
 * Signals:
 *  ::changed        something of the mirror changed; emitted at most once a
 *                   main-loop turn
 *  ::connected      the server answered, and the mirror is complete
 *  ::disconnected   the server is gone, or is not there; nodes are gone with
 *                   it. What was made with the core must be destroyed now
 *  ::link-added (CapGraphLink *link)
 *                   at once, and before anything that happened after it
 *  ::synced (int seq)
 *                   the server answered to that sync
 */
#define CAP_TYPE_AUDIO_GRAPH (cap_audio_graph_get_type ())
G_DECLARE_FINAL_TYPE (CapAudioGraph, cap_audio_graph, CAP, AUDIO_GRAPH, GObject)

/* Takes the variables out of the environment by which PipeWire's library
 * would let it redirect a capture. main() calls it before anything else. */
void cap_audio_graph_ignore_environment (void);

CapAudioGraph *cap_audio_graph_new (void);

/* TRUE between ::connected and ::disconnected. */
gboolean cap_audio_graph_is_connected (CapAudioGraph *self);

/* TRUE when the last attempt to connect failed: there is no server. */
gboolean cap_audio_graph_is_absent (CapAudioGraph *self);

/* What ListSources tells: aa{sv}, floating; see the D-Bus interface. */
GVariant *cap_audio_graph_list_sources (CapAudioGraph *self);

/* For captures. Owned by the graph; the mirror is empty and the core NULL
 * while it is not connected. */
CapGraphMirror *cap_audio_graph_get_mirror (CapAudioGraph *self);
struct pw_core *cap_audio_graph_get_core (CapAudioGraph *self);
struct pw_loop *cap_audio_graph_get_loop (CapAudioGraph *self);

/* Asks the server to answer with ::synced when it has done, and told, all
 * that happened before. Only while connected. */
int cap_audio_graph_sync (CapAudioGraph *self);

/* Whether the server that we are connected to is of that version or newer. */
gboolean cap_audio_graph_server_is_at_least (CapAudioGraph *self, guint major, guint minor);

G_END_DECLS
