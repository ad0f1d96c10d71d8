/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/segment.h"

G_BEGIN_DECLS

/* Chooses what a screen reader announces: each final segment of a stream, once. */
typedef struct _CapAnnouncer CapAnnouncer;

CapAnnouncer *cap_announcer_new (void);
void cap_announcer_free (CapAnnouncer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapAnnouncer, cap_announcer_free)

/* Forgets all segments, because another stream begins. */
void cap_announcer_clear (CapAnnouncer *self);
/* Marks a segment from before the subscription as announced. */
void cap_announcer_pass_over (CapAnnouncer *self, const CapSegment *segment);
/* Returns the text to announce, or NULL. Free with g_free (). */
char *cap_announcer_take (CapAnnouncer *self, const CapSegment *segment);

G_END_DECLS
