/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>
#include <signal.h>

G_BEGIN_DECLS

/* Asks questions on the terminal, and not on the standard output, which may be a
 * file. */

/* Whether the standard input is a terminal. Otherwise a script could stop and wait
 * for an answer. */
gboolean cap_prompt_is_possible (void);

/* Reads one line into @line, without the line break, as a string of less than @size
 * bytes. @hidden: do not echo the answer. An interrupt ends the program after the
 * terminal was restored. */
gboolean cap_prompt_ask (const char *question,
                         gboolean hidden,
                         char *line,
                         gsize size,
                         GError **error);

/* A thread started between these calls has the signals blocked that end the program.
 * The asking thread then receives them, and can restore the echo of the terminal. */
void cap_prompt_hold_signals (sigset_t *before);
void cap_prompt_release_signals (const sigset_t *before);

G_END_DECLS
