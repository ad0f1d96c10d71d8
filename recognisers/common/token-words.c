/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/token-words.h"

#include <math.h>
#include <string.h>

/* Seconds: how long the last token of a word sounds, unless the next word begins. */
#define TOKEN_LENGTH 0.24

#define LOWER_BLOCK 0x2581 /* "▁" begins a word in many lists of tokens */
#define SUBSTITUTE 0xfffd
#define CONTINUED "@@"     /* ends a token that goes on, in other lists */

static void
word_free (gpointer data)
{
  CapTokenWord *word = data;

  g_free (word->text);
  g_free (word);
}

/* characters */

static gboolean
is_blank (gunichar character)
{
  return character == LOWER_BLOCK || g_unichar_isspace (character);
}

/* Languages that write no blanks, so that each character counts as a word. */
static gboolean
stands_alone (gunichar character)
{
  GUnicodeScript script = g_unichar_get_script (character);

  return script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HIRAGANA
         || script == G_UNICODE_SCRIPT_KATAKANA;
}

/* Punctuation, accents and such, which never begin a word inside of text. */
static gboolean
attaches (gunichar character)
{
  GUnicodeScript script = g_unichar_get_script (character);

  return (script == G_UNICODE_SCRIPT_COMMON && !g_unichar_isdigit (character))
         || script == G_UNICODE_SCRIPT_INHERITED;
}

/* Models that spell by bytes may not have finished the last character. */
static char *
clean_text (const char *text)
{
  char *valid = g_utf8_make_valid (text, -1);
  gsize length = strlen (valid);

  while (length >= 3 && g_utf8_get_char (valid + length - 3) == SUBSTITUTE)
    valid[length -= 3] = '\0';
  return valid;
}

/* times */

/* Appends the characters of a token, and for each of them the index of the token. */
static void
spell_token (const char *token, guint index, GString *spelled, GArray *indices)
{
  g_autofree char *valid = g_utf8_make_valid (token, -1);
  gsize length = strlen (valid);

  if (length > strlen (CONTINUED) && g_str_has_suffix (valid, CONTINUED))
    valid[length - strlen (CONTINUED)] = '\0';
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (is_blank (character))
        continue;
      g_string_append_unichar (spelled, character);
      g_array_append_val (indices, index);
    }
}

static char *
strip_blanks (const char *text, guint *n)
{
  GString *stripped = g_string_new (NULL);

  *n = 0;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!is_blank (g_utf8_get_char (text)))
      {
        g_string_append_unichar (stripped, g_utf8_get_char (text));
        ++*n;
      }
  return g_string_free (stripped, FALSE);
}

/* At least the index of the token of each character that is not blank. Tokens that do not spell
 * the text, such as bytes, are spread over it. */
static GArray *
match_tokens (const CapTokens *tokens, const char *text)
{
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GString) spelled = g_string_new (NULL);
  guint n;
  g_autofree char *stripped = strip_blanks (text, &n);

  for (guint i = 0; i < tokens->n_tokens; i++)
    spell_token (tokens->tokens[i], i, spelled, indices);
  if (g_str_has_prefix (spelled->str, stripped))
    return indices;

  g_array_set_size (indices, n);
  for (guint i = 0; i < n; i++)
    g_array_index (indices, guint, i) = (guint) ((guint64) i * tokens->n_tokens / n);
  return indices;
}

static double
get_time (const CapTokens *tokens, GArray *indices, guint character)
{
  double time;

  if (tokens->times != NULL && tokens->n_tokens > 0)
    time = tokens->times[g_array_index (indices, guint, character)];
  else
    time = tokens->duration * character / MAX (indices->len, 1);
  return isfinite (time) ? CLAMP (time, 0, tokens->duration) : tokens->duration;
}

/* words */

static CapTokenWord *
add_word (GPtrArray *words, gboolean spaced, double begin)
{
  CapTokenWord *word = g_new0 (CapTokenWord, 1);

  word->text = g_strdup ("");
  word->spaced = spaced;
  word->begin = begin;
  word->probability = -1;
  g_ptr_array_add (words, word);
  return word;
}

static gboolean
begins_word (gunichar before, gunichar character)
{
  if (before == 0)
    return TRUE;
  if (attaches (character))
    return FALSE;

  return stands_alone (character) || stands_alone (before);
}

static void
set_ends (GPtrArray *words, double duration)
{
  double next = duration;

  for (guint i = words->len; i-- > 0;)
    {
      CapTokenWord *word = words->pdata[i];

      word->begin = MIN (word->begin, next);
      word->last = CLAMP (word->last, word->begin, next);
      word->end = MIN (word->last + TOKEN_LENGTH, next);
      next = word->begin;
    }
}

static void
append_character (CapTokenWord *word, const char *character, double time)
{
  g_autofree char *before = word->text;
  int length = g_utf8_next_char (character) - character;

  word->text = g_strdup_printf ("%s%.*s", before, length, character);
  word->last = time;
}

/* The probability of a word is that of its least probable token. */
static void
note_probability (CapTokenWord *word, const CapTokens *tokens, guint token)
{
  double probability;

  if (tokens->probabilities == NULL || token >= tokens->n_tokens)
    return;

  probability = tokens->probabilities[token];
  word->probability = word->probability < 0 ? probability : MIN (word->probability, probability);
}

/* public */

GPtrArray *
cap_token_words_new (const CapTokens *tokens)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (word_free);
  g_autoptr (GArray) indices = NULL;
  g_autofree char *text = NULL;
  gboolean spaced = FALSE;
  gunichar before = 0; /* 0 if a word has to begin */
  CapTokenWord *word = NULL;
  guint n = 0;

  g_return_val_if_fail (tokens != NULL && tokens->text != NULL, words);

  text = clean_text (tokens->text);
  indices = match_tokens (tokens, text);
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (is_blank (character))
        {
          before = 0;
          spaced = TRUE;
          continue;
        }

      if (begins_word (before, character))
        word = add_word (words, spaced, get_time (tokens, indices, n));
      append_character (word, c, get_time (tokens, indices, n));
      note_probability (word, tokens, g_array_index (indices, guint, n));
      before = character;
      spaced = FALSE;
      n++;
    }

  set_ends (words, tokens->duration);
  return words;
}

double *
cap_token_words_read_probabilities (const char *json, const char *name, guint n)
{
  g_autofree char *key = NULL;
  g_autofree double *numbers = g_new0 (double, n + 1);
  const char *place;

  g_return_val_if_fail (json != NULL && name != NULL, NULL);

  /* Quotes inside of the text are escaped, so they cannot form the key. */
  key = g_strdup_printf ("\"%s\": [", name);
  place = strstr (json, key);
  if (place == NULL)
    return NULL;

  place += strlen (key);
  for (guint i = 0; i < n; i++)
    {
      char *end;
      double number = exp (g_ascii_strtod (place, &end));

      if (end == place || isnan (number))
        return NULL;
      numbers[i] = MIN (number, 1);
      place = end + strspn (end, ", ");
    }
  return n > 0 && *place == ']' ? g_steal_pointer (&numbers) : NULL;
}
