/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "speech/gate.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 position;
  gboolean begins; /* speech begins here, or else it ends */
  CapGateEnd why;  /* of an end */
} CapMark;

/* Where the gate saw speech in the audio that is kept, for a reader that goes
 * through it in order, and sometimes once more. */
typedef struct _CapMarks CapMarks;

CapMarks *cap_marks_new (void);
void cap_marks_free (CapMarks *self);

/* In the order of positions. */
void cap_marks_add (CapMarks *self, guint64 position, gboolean begins, CapGateEnd why);

/* The next mark of the reader, or NULL; valid until the next call. */
const CapMark *cap_marks_peek (CapMarks *self);
void cap_marks_pass (CapMarks *self);

/* Whether the reader has passed the beginning of speech, and not its end. */
gboolean cap_marks_is_speech (CapMarks *self);

/* The reader goes on at @position, behind all marks that stand there: back as
 * well as ahead. */
void cap_marks_seek (CapMarks *self, guint64 position);

/* How many frames of [@begin, @end) are speech. */
guint64 cap_marks_count_speech (CapMarks *self, guint64 begin, guint64 end);

/* No reader will go back below @position. */
void cap_marks_forget (CapMarks *self, guint64 position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapMarks, cap_marks_free)

G_END_DECLS
