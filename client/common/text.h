/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Text from elsewhere, made fit for a terminal. What is said, and what
 * programs and devices call themselves, is not ours: it could hold line
 * breaks, escape sequences, or characters that turn the line around. */

/* Whether it neither controls a terminal nor ends or turns a line. */
gboolean cap_text_is_harmless (gunichar c);

/* One line without any of that; runs of white space are one space. */
char *cap_text_clean (const char *text);

/* Of Chinese and Japanese, which have no spaces; Korean has. */
gboolean cap_text_is_ideographic (gunichar c);

/* How many columns of a terminal it takes: 0 when it is drawn on the one
 * before, otherwise 1 or 2. */
guint cap_text_char_columns (gunichar c);

/* How many columns of a terminal clean text takes. */
guint cap_text_columns (const char *text);

/* Clean text, or its end behind an ellipsis, in at most that many columns. */
char *cap_text_tail (const char *text, guint columns);

/* The same with its beginning, before an ellipsis. */
char *cap_text_head (const char *text, guint columns);

/* Clean text with line breaks in the place of spaces, so that no line but one
 * that is a single word is longer than that many columns. */
char *cap_text_wrap (const char *text, guint columns);

G_END_DECLS
