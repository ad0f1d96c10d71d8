/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The words that a model finds in a piece of audio. Models that were trained to write captions
 * invent some for audio without speech, and repeat themselves when the audio is short. */
typedef struct
{
  GPtrArray *words;       /* CapTokenWord */
  guint n_tokens;
  double seconds;         /* of audio */
  double no_speech;       /* probability that nobody speaks, 0 to 1; 0 if unknown */
  double log_probability; /* mean of the tokens, natural; 0 if unknown */
} CapClaim;

typedef enum
{
  CAP_VERDICT_SPEECH,
  CAP_VERDICT_NOTHING, /* nobody speaks: the text is invented */
  CAP_VERDICT_LOOP,    /* the model repeats itself; another way to decode may help */
} CapVerdict;

/* @strict: a phrase that is said twice in a row is a loop too. */
CapVerdict cap_guard_judge (const CapClaim *claim, gboolean strict);

/* Removes one word that the model repeats after the last sentence until it has to end. */
void cap_guard_trim (GPtrArray *words);

G_END_DECLS
