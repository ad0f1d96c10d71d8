/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "segment.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* All that was said while the overlay ran, in the memory of this process
 * alone. A list model of CapHistoryEntry in reading order; text that is not
 * final is not in it. The oldest goes when there is more than 16 MiB. */
#define CAP_TYPE_HISTORY_ENTRY (cap_history_entry_get_type ())
G_DECLARE_FINAL_TYPE (CapHistoryEntry, cap_history_entry, CAP, HISTORY_ENTRY, GObject)

const CapSegment *cap_history_entry_get_segment (CapHistoryEntry *self);
/* The stream's Epoch: time of day of its segment's times. */
gint64 cap_history_entry_get_epoch (CapHistoryEntry *self);
const char *cap_history_entry_get_speaker (CapHistoryEntry *self);     /* "" */
const char *cap_history_entry_get_translation (CapHistoryEntry *self); /* "" */

#define CAP_TYPE_HISTORY (cap_history_get_type ())
G_DECLARE_FINAL_TYPE (CapHistory, cap_history, CAP, HISTORY, GObject)

CapHistory *cap_history_new (void);

/* Another stream: what is added from now on stands behind all before it. */
void cap_history_begin (CapHistory *self, gint64 epoch);
void cap_history_add (CapHistory *self, const CapSegment *segment);
void cap_history_clear (CapHistory *self);

G_END_DECLS
