/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "bus/caller.h"
#include "text/stream.h"

G_BEGIN_DECLS

/* The options that a stream was opened with. Callers with equal options share
 * the stream. */
typedef struct
{
  const char *source;
  const char *engine;
  const char *language;
  const char *translate_to;
} CapStreamKey;

/* The D-Bus object of a CapStream: org.captiond.Captions1.Stream. It sends every
 * signal to the holders only. It cannot be the generated skeleton, because that
 * would announce changed properties to every process on the bus.
 *
 * Signal ::released: the last hold is gone. */
#define CAP_TYPE_SERVICE_STREAM (cap_service_stream_get_type ())
G_DECLARE_FINAL_TYPE (CapServiceStream, cap_service_stream, CAP, SERVICE_STREAM, GDBusInterfaceSkeleton)

CapServiceStream *cap_service_stream_new (CapStream *stream, const CapStreamKey *key);

CapStream *cap_service_stream_get_stream (CapServiceStream *self);
gboolean cap_service_stream_matches (CapServiceStream *self, const CapStreamKey *key);

/* Adds a hold of @caller; see cap_holders_add(). */
gboolean cap_service_stream_hold (CapServiceStream *self,
                                  CapCaller *caller,
                                  gboolean partials,
                                  gboolean levels,
                                  GError **error);

/* Removes all holds of @bus_name, if it has any. If there is a @reason (full
 * error name, or NULL), the caller gets the signal Dropped. */
void cap_service_stream_drop (CapServiceStream *self, const char *bus_name, const char *reason);

G_END_DECLS
