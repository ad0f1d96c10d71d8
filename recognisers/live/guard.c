/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "live/guard.h"

#include "common/token-words.h"
#include "live/agreement.h"

#define NO_SPEECH 0.6
#define DOUBTFUL (-0.8)        /* log probability: the model is not sure of its text */
#define IMPROBABLE (-1.2)      /* nor can a person be */
#define MOST_TOKENS 8          /* per second */
/* Per second. Alphabets of which a model knows few words take a token for each
 * character, so that tokens alone do not tell how fast somebody speaks. */
#define MOST_CHARACTERS 25
#define SPARE_SECONDS 1.0      /* for very short audio */
#define LONGEST_PHRASE 12      /* words */
#define SHORTEST_DOUBLE 3      /* words of a phrase that people rarely say twice in a row */
#define MOST_WORDS 6           /* the same word in a row: "no, no, no, no" */
#define MOST_PHRASES 4

/* How often the phrase of @size words that begins at @first follows itself. */
static guint
count_repeats (GPtrArray *words, guint first, guint size)
{
  guint n = 1;

  for (guint i = first; i + size < words->len; i++)
    {
      if (!cap_words_agree (words->pdata[i], words->pdata[i + size]))
        break;
      if ((i + 1 - first) % size == 0)
        n++;
    }
  return n;
}

static guint
get_limit (guint size, gboolean strict)
{
  if (size == 1)
    return strict ? MOST_PHRASES : MOST_WORDS;
  return strict && size >= SHORTEST_DOUBLE ? 2 : MOST_PHRASES;
}

static gboolean
repeats_itself (GPtrArray *words, gboolean strict)
{
  for (guint size = 1; size <= LONGEST_PHRASE; size++)
    for (guint first = 0; first + size < words->len; first++)
      if (count_repeats (words, first, size) >= get_limit (size, strict))
        return TRUE;
  return FALSE;
}

static gboolean
is_too_fast (const CapClaim *claim)
{
  double seconds = claim->seconds + SPARE_SECONDS;
  guint n_characters = 0;

  for (guint i = 0; i < claim->words->len; i++)
    n_characters += g_utf8_strlen (((CapTokenWord *) claim->words->pdata[i])->text, -1);
  return claim->n_tokens > MOST_TOKENS * seconds && n_characters > MOST_CHARACTERS * seconds;
}

CapVerdict
cap_guard_judge (const CapClaim *claim, gboolean strict)
{
  g_return_val_if_fail (claim != NULL && claim->words != NULL, CAP_VERDICT_NOTHING);

  if (claim->words->len == 0)
    return CAP_VERDICT_NOTHING;
  if (claim->no_speech > NO_SPEECH && claim->log_probability < DOUBTFUL)
    return CAP_VERDICT_NOTHING;
  if (is_too_fast (claim) || repeats_itself (claim->words, strict))
    return CAP_VERDICT_LOOP;

  return claim->log_probability < IMPROBABLE ? CAP_VERDICT_NOTHING : CAP_VERDICT_SPEECH;
}

void
cap_guard_trim (GPtrArray *words)
{
  guint first = words->len > 0 ? words->len - 1 : 0;

  while (first > 0 && cap_words_agree (words->pdata[first - 1], words->pdata[first]))
    first--;
  if (first > 0 && words->len - first >= MOST_PHRASES && cap_word_ends_sentence (words->pdata[first - 1]))
    g_ptr_array_set_size (words, first);
}
