/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes text safe for a terminal. Captions and the names of programs and devices
 * come from others: they could contain line breaks, escape sequences, or characters
 * that reverse the line. */

/* Whether @c neither controls a terminal nor ends or reverses a line. */
gboolean cap_text_is_harmless (gunichar c);

/* Returns @text as one line of harmless characters, with each run of white space as
 * one space. */
char *cap_text_clean (const char *text);

/* Whether @c is Chinese or Japanese, which have no spaces between words. Korean has. */
gboolean cap_text_is_ideographic (gunichar c);

/* The columns of a terminal that @c takes: 0 for a combining mark, otherwise 1 or 2. */
guint cap_text_char_columns (gunichar c);

/* The columns of a terminal that clean text takes. */
guint cap_text_columns (const char *text);

/* Clean text, or its end after an ellipsis, in at most @columns. */
char *cap_text_tail (const char *text, guint columns);

/* Clean text, or its beginning before an ellipsis, in at most @columns. */
char *cap_text_head (const char *text, guint columns);

/* Clean text with line breaks instead of spaces, so that each line has at most
 * @columns. Only a single word may be longer. */
char *cap_text_wrap (const char *text, guint columns);

G_END_DECLS
