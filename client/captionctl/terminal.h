/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The last line of a terminal, which is rewritten while whole lines scroll up above
 * it. These functions compose the output and write nothing themselves. */
typedef struct
{
  guint width;
  gboolean reflows; /* the terminal wraps a line that no longer fits, and does not cut it */
  guint drawn;      /* columns of the line on the screen */
} CapTerminal;

/* Whether @fd is a terminal whose lines can be rewritten. */
gboolean cap_terminal_is_usable (int fd);
guint cap_terminal_read_width (int fd);

void cap_terminal_init (CapTerminal *self, guint width);
void cap_terminal_erase (CapTerminal *self, GString *out);
/* @text: clean text. Draws only its end if it is too long for the line. */
void cap_terminal_draw (CapTerminal *self, const char *text, GString *out);

G_END_DECLS
