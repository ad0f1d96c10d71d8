/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history-entry.h"

G_BEGIN_DECLS

/* All final segments since the overlay started, in memory only. A list model of
 * CapHistoryEntry: streams in the order in which they began, segments in reading
 * order. A newer version of a segment (with its translation) replaces the older
 * one. When the entries exceed 16 MiB, the oldest ones are removed. */
#define CAP_TYPE_HISTORY (cap_history_get_type ())
G_DECLARE_FINAL_TYPE (CapHistory, cap_history, CAP, HISTORY, GObject)

CapHistory *cap_history_new (void);

/* Begins a stream: later entries come after all earlier ones. An earlier stream
 * delivers all its segments again, of which only new ones are taken. The history
 * recognises the last 16 streams by:
 * @path: the object path, which another stream can have after a restart of the
 * service
 * @epoch: of the stream, microseconds since 1970 */
void cap_history_begin (CapHistory *self, const char *path, gint64 epoch);
/* Partial results and older versions change nothing. */
void cap_history_add (CapHistory *self, const CapSegment *segment);
/* Removes all entries. They do not return with their translation or stream. */
void cap_history_clear (CapHistory *self);

G_END_DECLS
