/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/segment.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A final segment, with what else people want to read of it. Never changed.
 * All texts are clean (cap_text_clean), and what is too long or impossible was
 * cut, whoever sent it. */
#define CAP_TYPE_HISTORY_ENTRY (cap_history_entry_get_type ())
G_DECLARE_FINAL_TYPE (CapHistoryEntry, cap_history_entry, CAP, HISTORY_ENTRY, GObject)

/* @stream: 1, 2 … in the order in which they began
 * @epoch: of the stream, microseconds since 1970
 * @segment: is copied */
CapHistoryEntry *cap_history_entry_new (guint stream, gint64 epoch, const CapSegment *segment);

guint cap_history_entry_get_stream (CapHistoryEntry *self);
const CapSegment *cap_history_entry_get_segment (CapHistoryEntry *self);
/* The stream's Epoch: time of day of its segment's times. */
gint64 cap_history_entry_get_epoch (CapHistoryEntry *self);
/* "" where nobody is named; "system" and "microphone" name nobody. */
const char *cap_history_entry_get_speaker (CapHistoryEntry *self);
const char *cap_history_entry_get_translation (CapHistoryEntry *self); /* "" */
/* Seconds of speech that were lost before it; 0 to a day. */
double cap_history_entry_get_gap (CapHistoryEntry *self);
/* Neither words nor a gap: nothing to show. */
gboolean cap_history_entry_is_empty (CapHistoryEntry *self);

/* When it was said, in local time. */
GDateTime *cap_history_entry_get_time (CapHistoryEntry *self);

/* Bytes of memory, about. */
gsize cap_history_entry_get_size (CapHistoryEntry *self);

/* Streams one after the other, and in each (start, id). */
int cap_history_entry_compare (CapHistoryEntry *a, CapHistoryEntry *b);

G_END_DECLS
