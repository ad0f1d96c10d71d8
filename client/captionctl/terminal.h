/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The last line of a terminal, which is written anew again and again while
 * whole lines scroll away above it. Composes what is to be written, and
 * writes nothing itself. */
typedef struct
{
  guint width;
  gboolean reflows; /* a line that no longer fits is broken, not cut */
  guint drawn;      /* columns that the line takes on the screen */
} CapTerminal;

/* Whether lines can be rewritten there. */
gboolean cap_terminal_is_usable (int fd);
guint cap_terminal_read_width (int fd);

void cap_terminal_init (CapTerminal *self, guint width);
void cap_terminal_erase (CapTerminal *self, GString *out);
/* Clean text; its end, when it is too long for the line. */
void cap_terminal_draw (CapTerminal *self, const char *text, GString *out);

G_END_DECLS
