/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/flow.h"

G_BEGIN_DECLS

/* One segment, and how it is shown. */
typedef struct
{
  guint64 id;
  guint64 serial;
  gint64 start, end;
  gboolean final;
  char *text;        /* cleaned; "" if empty or retracted */
  char *translation; /* cleaned; "" if there is none */
  char *speaker;     /* a name, or NULL */
  guint speaker_number;

  /* Set when the entry is shown for the first time, and then kept. */
  gboolean placed;
  gboolean joined; /* begins on the line where the entry before it ends */
  gboolean named;  /* begins with the name of the speaker */

  gboolean instead;    /* @flow is the translation */
  CapFlow *flow;       /* empty if nothing is shown */
  CapFlow *below;      /* the translation on lines of its own; empty if there is none */
  guint last_line;     /* index among all lines */
} CapRollEntry;

CapRollEntry *cap_roll_entry_new (guint64 id);
void cap_roll_entry_free (CapRollEntry *self);

/* Takes a newer version of the segment. Returns FALSE if it is not newer or changes
 * nothing. Final text never changes. */
gboolean cap_roll_entry_update (CapRollEntry *self, const CapSegment *segment);

/* Updates the presentation from the content. */
void cap_roll_entry_compose (CapRollEntry *self, const CapRollOptions *options);

gboolean cap_roll_entry_is_shown (const CapRollEntry *self);
/* Whether it has text that is not final yet. */
gboolean cap_roll_entry_is_unfinished (const CapRollEntry *self);
gboolean cap_roll_entry_is_right_to_left (const CapRollEntry *self);

/* The text of @segment for the screen, or a note about lost speech; may be empty. */
char *cap_roll_entry_read_text (const CapSegment *segment);

/* Whether @self can continue the line of @before, which has to be final. */
gboolean cap_roll_entry_follows (const CapRollEntry *self, const CapRollEntry *before);

int cap_roll_entry_compare (const CapRollEntry *a, const CapRollEntry *b);

G_END_DECLS
