/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/segment.h"

G_BEGIN_DECLS

/* What a screen reader is to say of a stream: what becomes final, each once. */
typedef struct _CapAnnouncer CapAnnouncer;

CapAnnouncer *cap_announcer_new (void);
void cap_announcer_free (CapAnnouncer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapAnnouncer, cap_announcer_free)

/* Another stream. */
void cap_announcer_clear (CapAnnouncer *self);
/* It was said before anybody listened, and is not repeated. */
void cap_announcer_pass_over (CapAnnouncer *self, const CapSegment *segment);
/* What is to be said; NULL for nothing. */
char *cap_announcer_take (CapAnnouncer *self, const CapSegment *segment);

G_END_DECLS
