/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/program.h"

G_BEGIN_DECLS

/* Live text from a model that only knows how to decode a piece of audio as a whole. The
 * utterance is decoded again and again while it grows; what two decodings agree on is
 * settled. Audio whose words are settled is dropped from time to time, so that a decoding
 * stays cheap. Nothing here knows the model or its library. */
typedef struct _CapLive CapLive;

#define CAP_LIVE_RATE 16000

typedef enum
{
  CAP_EFFORT_QUICK,   /* while somebody speaks; the result will be replaced soon */
  CAP_EFFORT_CAREFUL, /* the speech has ended */
  CAP_EFFORT_FULL,    /* the careful result was a loop: without any shortcut */
} CapEffort;

typedef struct
{
  GPtrArray *words;       /* CapTokenWord, in seconds of the audio */
  guint n_tokens;
  double no_speech;       /* probability that nobody speaks, 0 to 1; 0 if unknown */
  double log_probability; /* mean of the tokens, natural; 0 if unknown */
  char *language;         /* BCP 47, or NULL */
  double took;            /* seconds */
} CapDecoded;

typedef struct
{
  /* Returns NULL if the model fails.
   * @prompt: the text before the audio, or NULL.
   * @language: as an earlier result of the utterance had it, or NULL. */
  CapDecoded *(*decode) (gpointer decoder, const float *samples, gsize n_frames, CapEffort effort,
                         const char *prompt, const char *language);
  void (*free) (gpointer decoder);
} CapLiveFuncs;

/* @recognised: valid during the call. */
typedef void (*CapLiveFunc) (const CapRecognised *recognised, gpointer user_data);

/* Takes @decoder. */
CapLive *cap_live_new (const CapLiveFuncs *funcs, gpointer decoder, CapLiveFunc func, gpointer user_data);
void cap_live_free (CapLive *self);

/* The calls of the contract. */
void cap_live_begin (CapLive *self, guint64 position);
void cap_live_feed (CapLive *self, guint64 position, const float *samples, gsize n_frames);
void cap_live_end (CapLive *self, guint64 position, gboolean more);
void cap_live_finish (CapLive *self);

CapDecoded *cap_decoded_new (void);
void cap_decoded_free (CapDecoded *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapLive, cap_live_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapDecoded, cap_decoded_free)

G_END_DECLS
