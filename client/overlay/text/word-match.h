/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Splits texts into words, and finds the words that two versions of a text share. */

/* A word as a range of bytes. In scripts without spaces, such as Chinese and Thai,
 * each character with its marks and its punctuation is a word. */
typedef struct
{
  gsize offset;
  gsize length;
} CapWordRange;

#define CAP_WORD_GONE G_MAXUINT

/* Returns an array of CapWordRange, in order. @text is valid UTF-8. */
GArray *cap_words_split (const char *text);

/* For each word of @old_text the index of the same word in @new_text, ascending, or
 * CAP_WORD_GONE. Punctuation and capitals make no difference. If very much has
 * changed, only the beginning and the end are compared. Free with g_free (). */
guint *cap_words_match (const char *old_text,
                        GArray *old_words,
                        const char *new_text,
                        GArray *new_words);

/* Whether it is a mark that belongs to the character before it and cannot be
 * separated from it. */
gboolean cap_word_is_mark (gunichar c);

G_END_DECLS
