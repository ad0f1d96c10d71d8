/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history-entry.h"

G_BEGIN_DECLS

/* All that was said while the overlay ran, in the memory of this process
 * alone. A list model of CapHistoryEntry: streams in the order in which they
 * began, and in each what is final, in reading order. A segment that comes in
 * a newer form (its translation) is replaced. The oldest goes when entries
 * take more than 16 MiB. */
#define CAP_TYPE_HISTORY (cap_history_get_type ())
G_DECLARE_FINAL_TYPE (CapHistory, cap_history, CAP, HISTORY, GObject)

CapHistory *cap_history_new (void);

/* Another stream: what is added from now on stands behind all before it. Of
 * one that was there before, which comes with all its segments once more, only
 * what is new is taken; the last 16 are known by both of:
 * @path: the object path, another stream's after the service was started anew
 * @epoch: of the stream, microseconds since 1970 */
void cap_history_begin (CapHistory *self, const char *path, gint64 epoch);
/* Text that is not final, and older forms of what is there, change nothing. */
void cap_history_add (CapHistory *self, const CapSegment *segment);
/* What is forgotten comes back neither with its translation nor with its
 * stream. */
void cap_history_clear (CapHistory *self);

G_END_DECLS
