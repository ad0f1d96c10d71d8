/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "live/agreement.h"

#include <string.h>

struct _CapAgreement
{
  GPtrArray *words; /* CapTokenWord */
  guint n_settled;  /* of the words */
};

/* words */

static CapTokenWord *
word_copy (const CapTokenWord *word)
{
  CapTokenWord *copy = g_memdup2 (word, sizeof *word);

  copy->text = g_strdup (word->text);
  return copy;
}

static void
word_free (gpointer data)
{
  CapTokenWord *word = data;

  g_free (word->text);
  g_free (word);
}

static GPtrArray *
make_list (void)
{
  return g_ptr_array_new_with_free_func (word_free);
}

/* The word without its case and punctuation. */
static char *
fold (const CapTokenWord *word)
{
  g_autofree char *folded = g_utf8_casefold (word->text, -1);
  GString *letters = g_string_new (NULL);

  for (const char *c = folded; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (g_unichar_isalnum (character) || g_unichar_ismark (character))
        g_string_append_unichar (letters, character);
    }
  return g_string_free (letters, FALSE);
}

/* aligning */

/* The number of words at the beginning of @words that repeat the settled words: the one
 * with the smallest edit distance to them, and among equals, the one that is nearest to
 * their number. A later hypothesis may hear settled words differently. */
static guint
find_continuation (CapAgreement *self, GPtrArray *words)
{
  g_autofree guint *row = g_new (guint, words->len + 1);
  guint best = 0;

  for (guint i = 0; i <= words->len; i++)
    row[i] = i;
  for (guint i = 0; i < self->n_settled; i++)
    {
      guint diagonal = row[0];

      row[0] = i + 1;
      for (guint j = 0; j < words->len; j++)
        {
          guint differs = !cap_words_agree (self->words->pdata[i], words->pdata[j]);
          guint least = MIN (MIN (row[j + 1], row[j]) + 1, diagonal + differs);

          diagonal = row[j + 1];
          row[j + 1] = least;
        }
    }

  for (guint i = 1; i <= words->len; i++)
    if (row[i] < row[best]
        || (row[i] == row[best] && ABS ((int) i - (int) self->n_settled) < ABS ((int) best - (int) self->n_settled)))
      best = i;
  return best;
}

/* How many words from @first on agree with those that are not settled yet, and may be. */
static guint
count_agreed (CapAgreement *self, GPtrArray *words, guint first, double settle)
{
  guint n = 0;

  while (first + n + 1 < words->len && self->n_settled + n < self->words->len
         && ((CapTokenWord *) words->pdata[first + n])->end <= settle
         && cap_words_agree (self->words->pdata[self->n_settled + n], words->pdata[first + n]))
    n++;
  return n;
}

/* public */

CapAgreement *
cap_agreement_new (void)
{
  CapAgreement *self = g_new0 (CapAgreement, 1);

  self->words = make_list ();
  return self;
}

void
cap_agreement_free (CapAgreement *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->words);
  g_free (self);
}

void
cap_agreement_clear (CapAgreement *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_set_size (self->words, 0);
  self->n_settled = 0;
}

void
cap_agreement_add (CapAgreement *self, GPtrArray *words, double settle)
{
  guint first, n_agreed;

  g_return_if_fail (self != NULL && words != NULL);

  first = find_continuation (self, words);
  n_agreed = count_agreed (self, words, first, settle);
  g_ptr_array_set_size (self->words, self->n_settled);
  for (guint i = first; i < words->len; i++)
    g_ptr_array_add (self->words, word_copy (words->pdata[i]));
  self->n_settled += n_agreed;
}

GPtrArray *
cap_agreement_get_words (CapAgreement *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->words;
}

guint
cap_agreement_get_n_settled (CapAgreement *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_settled;
}

GPtrArray *
cap_agreement_take (CapAgreement *self, guint n, double seconds)
{
  GPtrArray *taken = make_list ();

  g_return_val_if_fail (self != NULL && n <= self->words->len, taken);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (taken, word_copy (self->words->pdata[i]));
  g_ptr_array_remove_range (self->words, 0, n);
  self->n_settled -= MIN (n, self->n_settled);
  for (guint i = 0; i < self->words->len; i++)
    {
      CapTokenWord *word = self->words->pdata[i];

      word->begin = MAX (word->begin - seconds, 0);
      word->last = MAX (word->last - seconds, 0);
      word->end = MAX (word->end - seconds, 0);
    }
  return taken;
}

gboolean
cap_words_agree (const CapTokenWord *one, const CapTokenWord *other)
{
  g_autofree char *first = fold (one), *second = fold (other);

  return g_str_equal (first, second);
}

gboolean
cap_word_is_spoken (const CapTokenWord *word)
{
  g_autofree char *letters = fold (word);

  return *letters != '\0';
}

gboolean
cap_word_ends_sentence (const CapTokenWord *word)
{
  const char *last = g_utf8_find_prev_char (word->text, word->text + strlen (word->text));

  return last != NULL && g_utf8_strchr (".?!。？！", -1, g_utf8_get_char (last)) != NULL;
}
