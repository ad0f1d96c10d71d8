/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/token-words.h"

G_BEGIN_DECLS

/* Makes stable text of hypotheses that each cover the same, growing audio: the words on
 * which two hypotheses in a row agree are settled, and never change again (LocalAgreement-2
 * of Liu et al. 2020, as used for Whisper by Macháček et al. 2023). The last word of a
 * hypothesis is never settled, because the audio may end in the middle of it. */
typedef struct _CapAgreement CapAgreement;

CapAgreement *cap_agreement_new (void);
void cap_agreement_free (CapAgreement *self);

/* Forgets all words. */
void cap_agreement_clear (CapAgreement *self);

/* The next hypothesis. Words are copied.
 * @words: (element-type CapTokenWord)
 * @settle: seconds up to which words may become settled: what follows a word often changes
 * how it is heard. */
void cap_agreement_add (CapAgreement *self, GPtrArray *words, double settle);

/* The settled words, then the others as of the last hypothesis: (element-type
 * CapTokenWord), valid until the next change. */
GPtrArray *cap_agreement_get_words (CapAgreement *self);
guint cap_agreement_get_n_settled (CapAgreement *self);

/* Removes the first @n words and returns them. The times of the others then count from
 * @seconds. */
GPtrArray *cap_agreement_take (CapAgreement *self, guint n, double seconds);

/* Whether two words are the same apart from their case and punctuation. */
gboolean cap_words_agree (const CapTokenWord *one, const CapTokenWord *other);

/* Whether the word has a letter or a digit, and so is a word. */
gboolean cap_word_is_spoken (const CapTokenWord *word);

/* Whether the word has the mark of the end of a sentence. */
gboolean cap_word_ends_sentence (const CapTokenWord *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapAgreement, cap_agreement_free)

G_END_DECLS
