/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A set of positions, kept as spans [begin, end) in order, apart from each
 * other. */
typedef struct _CapSpans CapSpans;

CapSpans *cap_spans_new (void);
void cap_spans_free (CapSpans *self);

void cap_spans_add (CapSpans *self, guint64 begin, guint64 end);
void cap_spans_remove (CapSpans *self, guint64 begin, guint64 end);

/* The end of the span that has @position; @position itself where none has. */
guint64 cap_spans_get_end (CapSpans *self, guint64 position);
/* Where the first span behind @position begins; G_MAXUINT64 for none. */
guint64 cap_spans_get_next (CapSpans *self, guint64 position);

gboolean cap_spans_is_empty (CapSpans *self);

/* The first span: FALSE where there is none. */
gboolean cap_spans_peek (CapSpans *self, guint64 *begin, guint64 *end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapSpans, cap_spans_free)

G_END_DECLS
