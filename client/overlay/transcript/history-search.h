/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history-entry.h"

G_BEGIN_DECLS

/* Words to search for. Capitals, accents, vowel points and the number of spaces
 * make no difference. Immutable and reference counted. */
typedef struct _CapHistorySearch CapHistorySearch;

CapHistorySearch *cap_history_search_new (const char *words);
CapHistorySearch *cap_history_search_ref (CapHistorySearch *self);
void cap_history_search_unref (CapHistorySearch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapHistorySearch, cap_history_search_unref)

/* Whether there are no words; then nothing matches. */
gboolean cap_history_search_is_empty (const CapHistorySearch *self);

/* A match in a text as offsets in bytes, at the boundaries of characters. */
typedef struct
{
  gsize begin;
  gsize end;
} CapHistoryMatch;

/* Returns an array of CapHistoryMatch with the first matches, ascending and without
 * overlap, at most @most. */
GArray *cap_history_search_find (const CapHistorySearch *self, const char *text, guint most);
/* Whether text, speaker or translation match. */
gboolean cap_history_search_matches (const CapHistorySearch *self, CapHistoryEntry *entry);

G_END_DECLS
