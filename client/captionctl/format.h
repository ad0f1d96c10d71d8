/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "captionctl/terminal.h"
#include "common/segment.h"
#include "common/state.h"

G_BEGIN_DECLS

/* A format turns the segments and states of a stream into text for the standard
 * output; it writes nothing itself. A new format is a new file and one line in
 * format.c. */
typedef struct
{
  const char *name;
  /* Whether the format shows text that is not final if lines cannot be rewritten. */
  gboolean partials_in_pipe;

  /* @terminal: NULL in a pipe. */
  gpointer (*open) (CapTerminal *terminal, gboolean partials);
  void (*segment) (gpointer self, const CapSegment *segment, GString *out);
  /* @notes: text for the standard error, written after @out. A call of redraw
   * follows. */
  void (*state) (gpointer self, const CapState *state, GString *out, GString *notes);
  /* Tells the user @sentence on the standard error, written after @out. A call of redraw
   * follows; NULL if programs read the output. */
  void (*note) (gpointer self, const char *sentence, GString *out, GString *notes);
  /* Called after other output, or when the width of the terminal changed; may be NULL. */
  void (*redraw) (gpointer self, GString *out);
  /* Called at the end; may be NULL. */
  void (*finish) (gpointer self, GString *out);
  void (*close) (gpointer self);
} CapFormat;

extern const CapFormat cap_format_text;
extern const CapFormat cap_format_json;

/* NULL if no format has that name. */
const CapFormat *cap_format_find (const char *name);

G_END_DECLS
