/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The case of text from models that write capitals only. Nothing here invents
 * punctuation or names, because only the model knows them. */

/* Whether @text (UTF-8) has a small letter, so that it already has a case. */
gboolean cap_casing_has_small (const char *text);
gboolean cap_casing_has_capital (const char *text);

/* @word in small letters, apart from the English "I", "I'm" and so on.
 * @language: of the text, BCP 47, or NULL for English.
 * @first: the word begins a sentence, and gets a capital. */
char *cap_casing_lower_word (const char *word, const char *language, gboolean first);

G_END_DECLS
