/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "source.h"

G_BEGIN_DECLS

struct pw_core;

/* One node of the audio server that can be captured, or our own. */
typedef struct _CapGraphNode CapGraphNode;

/* What there is to capture: a connection to PipeWire that mirrors the nodes,
 * ports and links of its graph and the names of the default devices.
 * Connects when made, and again, with a growing delay, whenever the server is
 * gone; it is dropped when nobody needs it. Knows nothing of streams.
 *
 * Signals:
 *  ::changed        something of the mirror changed; emitted at most once a
 *                   main-loop turn
 *  ::connected      the server answered, and the mirror is complete
 *  ::disconnected   the server is gone; nodes are gone with it
 */
#define CAP_TYPE_AUDIO_GRAPH (cap_audio_graph_get_type ())
G_DECLARE_FINAL_TYPE (CapAudioGraph, cap_audio_graph, CAP, AUDIO_GRAPH, GObject)

CapAudioGraph *cap_audio_graph_new (void);

/* TRUE between ::connected and ::disconnected. */
gboolean cap_audio_graph_is_connected (CapAudioGraph *self);

/* What ListSources tells: aa{sv}, floating; see the D-Bus interface. */
GVariant *cap_audio_graph_list_sources (CapAudioGraph *self);

G_END_DECLS
