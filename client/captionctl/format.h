/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "captionctl/terminal.h"
#include "common/segment.h"
#include "common/state.h"

G_BEGIN_DECLS

/* A way to write captions down. It turns what a stream tells into text for
 * the standard output and writes nothing itself. A new format is a new file
 * and one line in format.c. */
typedef struct
{
  const char *name;
  /* Whether text that is not final is of use where no line can be rewritten. */
  gboolean partials_in_pipe;

  /* @terminal: NULL in a pipe. */
  gpointer (*open) (CapTerminal *terminal, gboolean partials);
  void (*segment) (gpointer self, const CapSegment *segment, GString *out);
  /* @notes: for the person at the terminal, written after @out. Redraw
   * follows. */
  void (*state) (gpointer self, const CapState *state, GString *out, GString *notes);
  /* Something else was written, or the terminal has another width; may be NULL. */
  void (*redraw) (gpointer self, GString *out);
  /* Nothing more will come; may be NULL. */
  void (*finish) (gpointer self, GString *out);
  void (*close) (gpointer self);
} CapFormat;

extern const CapFormat cap_format_text;
extern const CapFormat cap_format_json;

/* NULL when there is none of that name. */
const CapFormat *cap_format_find (const char *name);

G_END_DECLS
