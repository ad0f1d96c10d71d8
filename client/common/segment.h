/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One form of one segment, as the D-Bus interface describes it. */
typedef struct
{
  guint64 id;
  guint64 serial;
  char *text;
  gboolean final;
  gboolean retracted; /* the engine withdrew it; only id and serial count */
  gint64 start;       /* microseconds since the stream's epoch */
  gint64 end;
  GVariant *details; /* a{sv} */
} CapSegment;

/* @row: a row of GetSegments, or the arguments of the signal Segment. */
CapSegment *cap_segment_new (GVariant *row);
/* @details: a{sv}; a floating reference is consumed. */
CapSegment *cap_segment_new_full (guint64 id,
                                  guint64 serial,
                                  const char *text,
                                  gboolean final,
                                  gint64 start,
                                  gint64 end,
                                  GVariant *details);
CapSegment *cap_segment_new_retracted (guint64 id, guint64 serial);
CapSegment *cap_segment_copy (const CapSegment *self);
void cap_segment_free (CapSegment *self);

/* Sorts arrays of pointers into reading order: by start, then by id. */
int cap_segment_compare (gconstpointer a, gconstpointer b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapSegment, cap_segment_free)

G_END_DECLS
