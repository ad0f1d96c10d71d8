/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/terminal.h"
#include "common/text.h"

#include <sys/ioctl.h>
#include <unistd.h>

#define FALLBACK_WIDTH 80
/* Room for the cursor and for the "^C" that a terminal echoes, because a line that
 * wraps cannot be erased. */
#define MARGIN 3

gboolean
cap_terminal_is_usable (int fd)
{
  const char *term = g_getenv ("TERM");

  return isatty (fd) && term != NULL && *term != '\0' && !g_str_equal (term, "dumb");
}

guint
cap_terminal_read_width (int fd)
{
  struct winsize size = { 0 };

  /* A terminal without a known size, such as a serial line, answers 0. */
  if (ioctl (fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
    return FALLBACK_WIDTH;

  return size.ws_col;
}

void
cap_terminal_init (CapTerminal *self, guint width)
{
  g_return_if_fail (self != NULL);

  self->width = width;
  self->drawn = 0;
  /* xterm and the Linux console cut lines. Inside tmux, only tmux counts. */
  self->reflows = g_getenv ("TMUX") != NULL
                  || (g_getenv ("XTERM_VERSION") == NULL
                      && g_strcmp0 (g_getenv ("TERM"), "linux") != 0);
}

void
cap_terminal_erase (CapTerminal *self, GString *out)
{
  guint rows_above = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (out != NULL);

  if (self->drawn == 0)
    return;

  /* The window may have become narrower since the last draw. */
  if (self->reflows && self->width > 0)
    rows_above = (self->drawn - 1) / self->width;
  if (rows_above > 0)
    g_string_append_printf (out, "\033[%uA", rows_above);
  g_string_append (out, "\r\033[J");
  self->drawn = 0;
}

void
cap_terminal_draw (CapTerminal *self, const char *text, GString *out)
{
  g_autofree char *tail = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);
  g_return_if_fail (out != NULL);

  tail = cap_text_tail (text, self->width > MARGIN ? self->width - MARGIN : 1);
  cap_terminal_erase (self, out);
  g_string_append (out, tail);
  self->drawn = cap_text_columns (tail);
}
