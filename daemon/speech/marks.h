/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "speech/gate.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 position;
  gboolean begins; /* TRUE if speech begins here, FALSE if it ends */
  CapGateEnd why;  /* why it ends; meaningless for a begin */
} CapMark;

/* Remembers where the gate found speech in the audio that the ledger keeps. One
 * reader goes through the marks in order; it can go back when audio has to be
 * sent again. */
typedef struct _CapMarks CapMarks;

CapMarks *cap_marks_new (void);
void cap_marks_free (CapMarks *self);

/* Marks must be added in the order of their positions. */
void cap_marks_add (CapMarks *self, guint64 position, gboolean begins, CapGateEnd why);

/* The mark that the reader reaches next, or NULL. Valid until the next call. */
const CapMark *cap_marks_peek (CapMarks *self);
/* Moves the reader past that mark; there must be one. */
void cap_marks_pass (CapMarks *self);

/* Whether the reader has passed a begin of speech but not its end. */
gboolean cap_marks_is_speech (CapMarks *self);

/* Moves the reader back or forward to @position, after all marks that lie at or
 * before it. */
void cap_marks_seek (CapMarks *self, guint64 position);

/* The number of frames in [@begin, @end) that are speech. */
guint64 cap_marks_count_speech (CapMarks *self, guint64 begin, guint64 end);

/* Frees marks that a reader at or after @position does not need. */
void cap_marks_forget (CapMarks *self, guint64 position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapMarks, cap_marks_free)

G_END_DECLS
