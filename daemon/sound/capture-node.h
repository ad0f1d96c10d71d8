/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/audio-graph.h"
#include "sound/ring.h"

G_BEGIN_DECLS

/* No node id. */
#define CAP_CAPTURE_NODE_NONE G_MAXUINT32

/* captiond's node in the audio server's graph: a mono input that only captiond
 * should link. PipeWire's realtime thread writes the incoming sound into the
 * ring. The capture, not the node, decides what to link and which sound to
 * trust.
 *
 * Signals:
 *  ::audio    enough new sound is in the ring to be read
 *  ::changed  the caller should call cap_capture_node_link() again
 *  ::failed   the node no longer works. A handler must not dispose it during
 *             the emission
 */
#define CAP_TYPE_CAPTURE_NODE (cap_capture_node_get_type ())
G_DECLARE_FINAL_TYPE (CapCaptureNode, cap_capture_node, CAP, CAPTURE_NODE, GObject)

/* Call this only while the graph is connected, and dispose the node in
 * ::disconnected at the latest. @media_name: the name in volume controls.
 * @passive: the node must not keep the source's device awake. @ring must
 * outlive the node. */
CapCaptureNode *cap_capture_node_new (CapAudioGraph *graph, CapRing *ring, const char *media_name,
                                      gboolean passive);

/* CAP_CAPTURE_NODE_NONE until the server has assigned an id. */
guint32 cap_capture_node_get_id (CapCaptureNode *self);

/* Links exactly these output @ports (ids, guint32) to the node: creates the
 * missing links and removes captiond's links from other ports. Call this
 * whenever the graph or the ports change. TRUE if the server already shows a
 * link for every port. */
gboolean cap_capture_node_link (CapCaptureNode *self, const GArray *ports);

G_END_DECLS
