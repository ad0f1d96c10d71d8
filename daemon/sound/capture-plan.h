/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/graph-mirror.h"
#include "sound/source.h"

G_BEGIN_DECLS

/* The meaning of a source in the current graph: which ports the capture should
 * link to its node, and which links into the node it may accept. The plan
 * decides; the capture node acts. */
typedef struct
{
  GArray *ports;     /* guint32: the output ports to link */
  guint n_channels;  /* of the node with most ports: the sum of a node's ports
                      * divided by this is never louder than one port can be */
  gboolean running;  /* a node plays or records, so audio must arrive */
  char *description; /* shown to the user */
  GError *reason;    /* why there is nothing to link; NULL if there is */
} CapCapturePlan;

CapCapturePlan *cap_capture_plan_new (const CapGraphMirror *mirror, const CapSource *source);
void cap_capture_plan_free (CapCapturePlan *self);

/* A judgement of one or all links into the capture's node, from best to worst. */
typedef enum
{
  CAP_LINKS_ALLOWED,
  CAP_LINKS_STALE,     /* allowed when it was made, but no longer; captiond is
                        * removing it */
  CAP_LINKS_FORBIDDEN, /* another program linked a different source */
} CapLinks;

/* Judges @link if it leads into @node; other links are ALLOWED. Sets its
 * `approved` if it is allowed. */
CapLinks cap_capture_plan_judge (const CapGraphMirror *mirror, const CapSource *source, guint32 node,
                                 CapGraphLink *link);
/* The worst judgement of all links into @node. */
CapLinks cap_capture_plan_judge_all (const CapGraphMirror *mirror, const CapSource *source,
                                     guint32 node);

/* Whether the capture's links must not keep the source's device awake. An output
 * plays without a listener; a microphone records only for one. */
gboolean cap_capture_plan_is_passive (const CapSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapCapturePlan, cap_capture_plan_free)

G_END_DECLS
