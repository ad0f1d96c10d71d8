/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

/* The part of whisper.cpp's C interface that captiond uses. A build that finds the library
 * takes its own header; other builds load the library when the program runs, and declare
 * here what 1.8.1 to 1.9.3 have in common. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef HAVE_WHISPER

#include <whisper.h>

#else

struct whisper_context;

struct whisper_context_params
{
  bool use_gpu;
  bool flash_attn;
  int gpu_device;

  bool dtw_token_timestamps;
  int dtw_aheads_preset;
  int dtw_n_top;
  struct
  {
    size_t n_heads;
    const void *heads;
  } dtw_aheads;
  size_t dtw_mem_size;
};

typedef struct whisper_token_data
{
  int32_t id;
  int32_t tid;
  float p;
  float plog;
  float pt;
  float ptsum;
  int64_t t0; /* centiseconds */
  int64_t t1;
  int64_t t_dtw;
  float vlen;
} whisper_token_data;

#define WHISPER_SAMPLING_GREEDY 0

struct whisper_full_params
{
  int strategy;

  int n_threads;
  int n_max_text_ctx;
  int offset_ms;
  int duration_ms;

  bool translate;
  bool no_context;
  bool no_timestamps;
  bool single_segment;
  bool print_special;
  bool print_progress;
  bool print_realtime;
  bool print_timestamps;

  bool token_timestamps;
  float thold_pt;
  float thold_ptsum;
  int max_len;
  bool split_on_word;
  int max_tokens;

  bool debug_mode;
  int audio_ctx;

  bool tdrz_enable;

  const char *suppress_regex;

  const char *initial_prompt;
  bool carry_initial_prompt;
  const int32_t *prompt_tokens;
  int prompt_n_tokens;

  const char *language;
  bool detect_language;

  bool suppress_blank;
  bool suppress_nst;

  float temperature;
  float max_initial_ts;
  float length_penalty;

  float temperature_inc;
  float entropy_thold;
  float logprob_thold;
  float no_speech_thold;

  struct
  {
    int best_of;
  } greedy;
  struct
  {
    int beam_size;
    float patience;
  } beam_search;

  void (*new_segment_callback) (void);
  void *new_segment_callback_user_data;
  void (*progress_callback) (void);
  void *progress_callback_user_data;
  void (*encoder_begin_callback) (void);
  void *encoder_begin_callback_user_data;
  void (*abort_callback) (void);
  void *abort_callback_user_data;
  void (*logits_filter_callback) (void);
  void *logits_filter_callback_user_data;

  const void **grammar_rules;
  size_t n_grammar_rules;
  size_t i_start_rule;
  float grammar_penalty;

  bool vad;
  const char *vad_model_path;
  struct
  {
    float threshold;
    int min_speech_duration_ms;
    int min_silence_duration_ms;
    float max_speech_duration_s;
    int speech_pad_ms;
    float samples_overlap;
  } vad_params;
};

#endif

typedef void (*WhisperLog) (int level, const char *text, void *user_data);

typedef const char *(*WhisperGetVersion) (void);
typedef void (*WhisperSetLog) (WhisperLog log, void *user_data);
typedef struct whisper_context_params (*WhisperGetContextParams) (void);
typedef struct whisper_context *(*WhisperOpen) (const char *path, struct whisper_context_params params);
typedef void (*WhisperClose) (struct whisper_context *context);
typedef int (*WhisperIsMultilingual) (struct whisper_context *context);
typedef int (*WhisperGetLanguageId) (const char *language);
typedef const char *(*WhisperGetLanguageName) (int id);
typedef int32_t (*WhisperGetEndOfText) (struct whisper_context *context);
typedef struct whisper_full_params (*WhisperGetParams) (int strategy);
typedef int (*WhisperDecode) (struct whisper_context *context, struct whisper_full_params params,
                              const float *samples, int n_samples);
typedef int (*WhisperCount) (struct whisper_context *context);
typedef int (*WhisperCountTokens) (struct whisper_context *context, int segment);
typedef whisper_token_data (*WhisperGetToken) (struct whisper_context *context, int segment, int token);
typedef const char *(*WhisperGetTokenText) (struct whisper_context *context, int segment, int token);
typedef float (*WhisperGetNoSpeech) (struct whisper_context *context, int segment);

typedef size_t (*GgmlCountDevices) (void);
typedef void (*GgmlLoadAll) (void);
typedef void (*GgmlLoadAllFrom) (const char *folder);
