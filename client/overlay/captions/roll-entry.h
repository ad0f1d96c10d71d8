/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/flow.h"

G_BEGIN_DECLS

/* One segment, and what of it is shown. */
typedef struct
{
  guint64 id;
  guint64 serial;
  gint64 start, end;
  gboolean final;
  char *text;        /* clean; "" for nothing, also when the engine took it back */
  char *translation; /* the same */
  char *speaker;     /* a name, or NULL */
  guint speaker_number;

  /* Decided when it is shown for the first time, and kept. */
  gboolean placed;
  gboolean joined; /* begins on the line on which the one before it ends */
  gboolean named;  /* begins with the name of its speaker */

  gboolean instead;    /* the flow is the translation */
  CapFlow *flow;       /* empty for nothing */
  CapFlow *below;      /* the translation in lines of its own; empty for none */
  guint last_line;     /* of all the lines that there are */
} CapRollEntry;

CapRollEntry *cap_roll_entry_new (guint64 id);
void cap_roll_entry_free (CapRollEntry *self);

/* Takes a newer form; FALSE when it is not newer, or tells nothing new. Final
 * text stays what it is. */
gboolean cap_roll_entry_update (CapRollEntry *self, const CapSegment *segment);

/* Makes what is shown from what is known. */
void cap_roll_entry_compose (CapRollEntry *self, const CapRollOptions *options);

gboolean cap_roll_entry_is_shown (const CapRollEntry *self);
/* More of it is to come. */
gboolean cap_roll_entry_is_unfinished (const CapRollEntry *self);
gboolean cap_roll_entry_is_right_to_left (const CapRollEntry *self);

/* The text of @segment as it is shown, a note where something is missing; empty
 * where nothing is. */
char *cap_roll_entry_read_text (const CapSegment *segment);

/* Whether @self goes on in the line of @before, which is final. */
gboolean cap_roll_entry_follows (const CapRollEntry *self, const CapRollEntry *before);

int cap_roll_entry_compare (const CapRollEntry *a, const CapRollEntry *b);

G_END_DECLS
