/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <stdint.h>

/* The part of sherpa-onnx's C interface that captiond calls, so that captiond can be
 * built without the library. The names are the library's, and the facts are those of
 * its header c-api.h. Members have the same offsets in the versions 1.12.12, 1.12.25,
 * 1.13.0, 1.13.8, 2.0.0 and 2.0.1: 272 bytes for the configuration, and 48 for a
 * result. 1.12.11 has no t_one_ctc, so the members behind it stand elsewhere. */

#define SHERPA_TRIED "1.12.12 to 1.13 and 2.0"

/* Both are opaque. */
typedef struct SherpaOnnxOnlineRecognizer SherpaRecognizer;
typedef struct SherpaOnnxOnlineStream SherpaStream;

/* All strings are UTF-8, and are copied by the library. NULL and 0 stand for its
 * defaults. */
typedef struct
{
  int32_t sample_rate; /* of the model, Hz */
  int32_t feature_dim; /* 80 in all models */
} SherpaFeatureConfig;

/* Exactly one kind of model has names of files. */
typedef struct
{
  struct
  {
    const char *encoder, *decoder, *joiner;
  } transducer;
  struct
  {
    const char *encoder, *decoder;
  } paraformer;
  const char *zipformer2_ctc;
  const char *tokens;
  int32_t num_threads;
  const char *provider; /* "cpu" */
  int32_t debug;        /* other than 0, the library writes to standard error */
  const char *model_type;
  const char *modeling_unit, *bpe_vocab; /* for hotwords only */
  const char *tokens_buf;
  int32_t tokens_buf_size;
  const char *nemo_ctc;
  const char *t_one_ctc;
} SherpaModelConfig;

typedef struct
{
  SherpaFeatureConfig features;
  SherpaModelConfig model;
  const char *decoding_method; /* "greedy_search" */
  int32_t max_active_paths;
  int32_t enable_endpoint;
  float rule1_silence, rule2_silence, rule3_length;
  const char *hotwords_file;
  float hotwords_score;
  struct
  {
    const char *graph;
    int32_t max_active;
  } ctc_fst;
  const char *rule_fsts, *rule_fars;
  float blank_penalty;
  const char *hotwords_buf;
  int32_t hotwords_buf_size;
  struct
  {
    const char *dict_dir, *lexicon, *rule_fsts;
  } homophones;
} SherpaConfig;

/* The whole text of a stream so far. */
typedef struct
{
  const char *text;
  const char *tokens;            /* the same as tokens_arr, one after the other */
  const char *const *tokens_arr; /* count tokens */
  const float *timestamps;       /* seconds since the stream began, or NULL */
  int32_t count;
  const char *json; /* also has "ys_probs": the natural logarithms of the tokens' probabilities */
} SherpaResult;

/* Returns NULL if a file is missing. If a file is broken, 2.0 returns NULL, and 1.13 ends
 * the process. */
typedef const SherpaRecognizer *(*SherpaCreateRecognizer) (const SherpaConfig *config);
typedef void (*SherpaDestroyRecognizer) (const SherpaRecognizer *recognizer);
typedef const SherpaStream *(*SherpaCreateStream) (const SherpaRecognizer *recognizer);
/* The key "language", with a code such as "pt", chooses the language of a model that knows
 * many; with a code that the model does not know, it finds the language itself. Other
 * models ignore the key. Not in 1.12.12. */
typedef void (*SherpaSetStreamOption) (const SherpaStream *stream, const char *key, const char *value);
typedef void (*SherpaDestroyStream) (const SherpaStream *stream);
/* @samples: from -1 to 1. The rate must be the same for each call of a stream. */
typedef void (*SherpaAcceptWaveform) (const SherpaStream *stream, int32_t rate, const float *samples,
                                      int32_t n);
typedef void (*SherpaInputFinished) (const SherpaStream *stream);
/* Whether the stream has audio for one more step of the decoder. */
typedef int32_t (*SherpaIsReady) (const SherpaRecognizer *recognizer, const SherpaStream *stream);
/* Only if the stream is ready. */
typedef void (*SherpaDecode) (const SherpaRecognizer *recognizer, const SherpaStream *stream);
typedef const SherpaResult *(*SherpaGetResult) (const SherpaRecognizer *recognizer,
                                                const SherpaStream *stream);
typedef void (*SherpaDestroyResult) (const SherpaResult *result);
typedef const char *(*SherpaGetVersion) (void);
