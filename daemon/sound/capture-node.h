/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/audio-graph.h"
#include "sound/ring.h"

G_BEGIN_DECLS

#define CAP_CAPTURE_NODE_NONE G_MAXUINT32

/* Our node in the audio server's graph: a mono input that nobody links but
 * we. What arrives there goes into the ring, from PipeWire's realtime thread.
 * It decides nothing: neither what to link nor whether to trust the sound.
 *
 * Signals:
 *  ::audio    the ring has a bit more, worth a wake-up
 *  ::changed  it is worth calling cap_capture_node_link() again
 *  ::failed   the node is of no use any more. Do not dispose it at once
 */
#define CAP_TYPE_CAPTURE_NODE (cap_capture_node_get_type ())
G_DECLARE_FINAL_TYPE (CapCaptureNode, cap_capture_node, CAP, CAPTURE_NODE, GObject)

/* Only while the graph is connected, and to be disposed before it no longer
 * is. @media_name: what it records, for the mixer. @passive: it shall not keep
 * the source awake. The ring outlives the node. */
CapCaptureNode *cap_capture_node_new (CapAudioGraph *graph, CapRing *ring, const char *media_name,
                                      gboolean passive);

/* CAP_CAPTURE_NODE_NONE until the server has named it. */
guint32 cap_capture_node_get_id (CapCaptureNode *self);

/* Links exactly these output ports (guint32) to the node: makes what is
 * missing, undoes our links to others. To be called whenever the graph or the
 * ports changed. TRUE when all of them are linked, as the server tells it. */
gboolean cap_capture_node_link (CapCaptureNode *self, const GArray *ports);

G_END_DECLS
