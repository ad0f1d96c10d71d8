/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "bus/caller.h"
#include "text/stream.h"

G_BEGIN_DECLS

/* What a stream was opened with: callers that ask for the same share it. */
typedef struct
{
  const char *source;
  const char *engine;
  const char *language;
  const char *translate_to;
} CapStreamKey;

/* A stream on the bus: org.captiond.Captions1.Stream. It translates between
 * a CapStream and its holders, and sends every signal to them alone; that is
 * why it is not the generated skeleton, which tells everybody about changed
 * properties.
 *
 * Signal ::released: the last hold is gone. */
#define CAP_TYPE_SERVICE_STREAM (cap_service_stream_get_type ())
G_DECLARE_FINAL_TYPE (CapServiceStream, cap_service_stream, CAP, SERVICE_STREAM, GDBusInterfaceSkeleton)

CapServiceStream *cap_service_stream_new (CapStream *stream, const CapStreamKey *key);

CapStream *cap_service_stream_get_stream (CapServiceStream *self);
gboolean cap_service_stream_matches (CapServiceStream *self, const CapStreamKey *key);

/* Adds a hold; see cap_holders_add(). */
gboolean cap_service_stream_hold (CapServiceStream *self,
                                  CapCaller *caller,
                                  gboolean partials,
                                  gboolean levels,
                                  GError **error);

/* Removes all holds of @bus_name, if it has any. With a @reason (full error
 * name) it is told that it was dropped. */
void cap_service_stream_drop (CapServiceStream *self, const char *bus_name, const char *reason);

G_END_DECLS
