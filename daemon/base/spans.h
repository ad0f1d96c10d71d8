/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A set of positions, stored as spans [begin, end) in order that neither
 * overlap nor touch. */
typedef struct _CapSpans CapSpans;

CapSpans *cap_spans_new (void);
void cap_spans_free (CapSpans *self);

void cap_spans_add (CapSpans *self, guint64 begin, guint64 end);
void cap_spans_remove (CapSpans *self, guint64 begin, guint64 end);

/* The end of the span that contains @position, or @position itself if none does. */
guint64 cap_spans_get_end (CapSpans *self, guint64 position);
/* The begin of the first span that begins after @position, or G_MAXUINT64. */
guint64 cap_spans_get_next (CapSpans *self, guint64 position);

gboolean cap_spans_is_empty (CapSpans *self);

/* Gets the first span. FALSE if the set is empty. */
gboolean cap_spans_peek (CapSpans *self, guint64 *begin, guint64 *end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapSpans, cap_spans_free)

G_END_DECLS
