/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Words, and which of them are the same ones after a text was revised. */

/* A piece of a text, in bytes. Where a script writes no spaces, as Chinese and
 * Thai do, each character with its marks is a word, and punctuation that
 * belongs to it. */
typedef struct
{
  gsize offset;
  gsize length;
} CapWordRange;

#define CAP_WORD_GONE G_MAXUINT

/* Of CapWordRange, in order; @text is valid UTF-8. */
GArray *cap_words_split (const char *text);

/* For each word of @old_text the index of that word in @new_text, ascending,
 * or CAP_WORD_GONE. Words are the same also with other punctuation and
 * capitals. Where very much has changed only the beginning and the end are
 * compared. Freed with g_free. */
guint *cap_words_match (const char *old_text,
                        GArray *old_words,
                        const char *new_text,
                        GArray *new_words);

/* Whether words of its script follow each other without a space. */
gboolean cap_word_is_spaceless (gunichar c);

/* Whether it belongs to the character before it, and is never cut from it. */
gboolean cap_word_is_mark (gunichar c);

G_END_DECLS
