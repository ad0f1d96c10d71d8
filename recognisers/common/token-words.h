/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Text and its tokens, as a recogniser gives them. A token is a part of a word ("▁he",
 * "llo"), a character, or a whole word. Nothing is copied. */
typedef struct
{
  const char *text;              /* UTF-8, perhaps with a part of a character at its end */
  const char *const *tokens;     /* n_tokens */
  const float *times;            /* seconds, n_tokens; NULL if unknown */
  const double *probabilities;   /* 0 to 1, n_tokens; NULL if unknown */
  guint n_tokens;
  double duration;               /* seconds of audio that the text covers */
} CapTokens;

typedef struct
{
  char *text;         /* with its punctuation, never empty */
  gboolean spaced;    /* a blank separates it from the word before; not so in Chinese */
  double begin, end;  /* seconds */
  double last;        /* seconds: begin of its last token */
  double probability; /* 0 to 1; negative if unknown */
} CapTokenWord;

/* The words of the text with the times of their tokens: (element-type CapTokenWord),
 * owned by the caller. Without times, the words are spread over the duration. */
GPtrArray *cap_token_words_new (const CapTokens *tokens);

/* The numbers of the list @name in @json, such as "ys_probs": natural logarithms, as
 * probabilities. NULL if there are not exactly @n. */
double *cap_token_words_read_probabilities (const char *json, const char *name, guint n);

G_END_DECLS
