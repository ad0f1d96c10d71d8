/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The library that the program was built with. */

#include "whisper/whisper-library.h"

#include <ggml-backend.h>

gboolean
cap_whisper_library_connect (CapWhisperLibrary *self, const char *const *folders, char **folder, GError **error)
{
  self->get_version = whisper_version;
  self->set_log = (WhisperSetLog) whisper_log_set;
  self->get_context_params = whisper_context_default_params;
  self->open = whisper_init_from_file_with_params;
  self->close = whisper_free;
  self->is_multilingual = whisper_is_multilingual;
  self->get_language_id = whisper_lang_id;
  self->get_language_name = whisper_lang_str;
  self->get_end_of_text = whisper_token_eot;
  self->get_params = (WhisperGetParams) whisper_full_default_params;
  self->decode = whisper_full;
  self->count_segments = whisper_full_n_segments;
  self->get_language = whisper_full_lang_id;
  self->count_tokens = whisper_full_n_tokens;
  self->get_token = whisper_full_get_token_data;
  self->get_token_text = whisper_full_get_token_text;
  self->get_no_speech = whisper_full_get_segment_no_speech_prob;
  self->count_devices = ggml_backend_dev_count;
  self->load_all = ggml_backend_load_all;
  self->load_all_from = ggml_backend_load_all_from_path;

  *folder = NULL;
  return TRUE;
}
