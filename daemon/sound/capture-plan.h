/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/graph-mirror.h"
#include "sound/source.h"

G_BEGIN_DECLS

/* What a source means in the graph as it is now: which ports are to be linked
 * to our node, and which links into it are allowed at all. It decides, and
 * knows nothing of how it is done. */
typedef struct
{
  GArray *ports;     /* guint32: the output ports to link */
  guint n_channels;  /* of the widest node: the sum of its ports divided by
                      * this is never louder than one port can be */
  gboolean running;  /* something of it plays or records: audio must come */
  char *description; /* for people */
  GError *reason;    /* why there is nothing to link; NULL when there is */
} CapCapturePlan;

CapCapturePlan *cap_capture_plan_new (const CapGraphMirror *mirror, const CapSource *source);
void cap_capture_plan_free (CapCapturePlan *self);

/* What a link into our node, or several, come from, best first. */
typedef enum
{
  CAP_LINKS_ALLOWED,
  CAP_LINKS_STALE,     /* allowed when it was linked; it is being undone */
  CAP_LINKS_FORBIDDEN, /* somebody else linked something else */
} CapLinks;

/* Whether @source allows sound from that output port. FALSE for ports that
 * are not known. */
gboolean cap_capture_plan_allows (const CapGraphMirror *mirror, const CapSource *source,
                                  const CapGraphLink *link);

/* Judges a link into @node, and remembers in it that it was allowed once. */
CapLinks cap_capture_plan_judge (const CapGraphMirror *mirror, const CapSource *source, guint32 node,
                                 CapGraphLink *link);
/* The worst of all. */
CapLinks cap_capture_plan_judge_all (const CapGraphMirror *mirror, const CapSource *source,
                                     guint32 node);

/* What plays by itself must not be kept awake by being listened to; a
 * microphone does nothing until somebody listens. */
gboolean cap_capture_plan_is_passive (const CapSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapCapturePlan, cap_capture_plan_free)

G_END_DECLS
