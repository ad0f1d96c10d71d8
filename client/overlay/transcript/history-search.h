/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history-entry.h"

G_BEGIN_DECLS

/* Words that are looked for, as people write them: capitals, accents, vowel
 * points and runs of spaces make no difference. Never changed; reference
 * counted. */
typedef struct _CapHistorySearch CapHistorySearch;

CapHistorySearch *cap_history_search_new (const char *words);
CapHistorySearch *cap_history_search_ref (CapHistorySearch *self);
void cap_history_search_unref (CapHistorySearch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapHistorySearch, cap_history_search_unref)

/* There is nothing to look for, and nothing is found. */
gboolean cap_history_search_is_empty (const CapHistorySearch *self);

/* A place in a text, in bytes: a character begins at both. */
typedef struct
{
  gsize begin;
  gsize end;
} CapHistoryMatch;

/* Of CapHistoryMatch: the first places where they are, in order and apart,
 * @most of them. */
GArray *cap_history_search_find (const CapHistorySearch *self, const char *text, guint most);
/* In what was said, who said it, or what it means. */
gboolean cap_history_search_matches (const CapHistorySearch *self, CapHistoryEntry *entry);

G_END_DECLS
