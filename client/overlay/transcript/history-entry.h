/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/segment.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A final segment with its speaker, translation and lost speech. Immutable. Texts
 * are clean (cap_text_clean), and values from the bus are cut to sensible limits. */
#define CAP_TYPE_HISTORY_ENTRY (cap_history_entry_get_type ())
G_DECLARE_FINAL_TYPE (CapHistoryEntry, cap_history_entry, CAP, HISTORY_ENTRY, GObject)

/* @stream: 1, 2 … in the order in which the streams began
 * @epoch: of the stream, microseconds since 1970
 * @segment: copied */
CapHistoryEntry *cap_history_entry_new (guint stream, gint64 epoch, const CapSegment *segment);

guint cap_history_entry_get_stream (CapHistoryEntry *self);
const CapSegment *cap_history_entry_get_segment (CapHistoryEntry *self);
/* Epoch of the stream: adding a time of the segment gives the time of day. */
gint64 cap_history_entry_get_epoch (CapHistoryEntry *self);
/* "" if unknown; "system" and "microphone" do not count as names. */
const char *cap_history_entry_get_speaker (CapHistoryEntry *self);
const char *cap_history_entry_get_translation (CapHistoryEntry *self); /* "" */
/* Seconds of speech lost before the segment; 0 to 86400. */
double cap_history_entry_get_gap (CapHistoryEntry *self);
/* Whether it has neither text nor a gap to show. */
gboolean cap_history_entry_is_empty (CapHistoryEntry *self);

/* Local time at which the segment was spoken. Full reference. */
GDateTime *cap_history_entry_get_time (CapHistoryEntry *self);

/* Approximate size in memory, bytes. */
gsize cap_history_entry_get_size (CapHistoryEntry *self);

/* Orders by stream, then by (start, id). */
int cap_history_entry_compare (CapHistoryEntry *a, CapHistoryEntry *b);

G_END_DECLS
