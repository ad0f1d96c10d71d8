/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>
#include <signal.h>

G_BEGIN_DECLS

/* Questions to the person at the terminal. They go past the standard output,
 * which may be a file. */

/* Whether there is one to ask: only when the standard input is a terminal. A
 * script must not stop and wait. */
gboolean cap_prompt_is_possible (void);

/* One line, without its end, as a string of less than @size bytes. @hidden:
 * what is typed is not shown. An interrupt ends the program, after the
 * terminal is as it was. */
gboolean cap_prompt_ask (const char *question,
                         gboolean hidden,
                         char *line,
                         gsize size,
                         GError **error);

/* A thread that starts in between leaves the signals that end the program to
 * the one that asks: otherwise the terminal could stay without echo. */
void cap_prompt_hold_signals (sigset_t *before);
void cap_prompt_release_signals (const sigset_t *before);

G_END_DECLS
