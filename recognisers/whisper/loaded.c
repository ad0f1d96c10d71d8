/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The library as the program finds it when it runs. */

#include "common/library-search.h"
#include "whisper/whisper-library.h"

#include <dlfcn.h>

#define LIBRARY "libwhisper.so.1"
#define REMEDY "Install whisper.cpp 1.8.1 or later, such as the package libwhisper1, then try again."

static gpointer
open_library (const char *path, GError **error)
{
  /* Builds for other programs lack functions of these, which nobody calls here. */
  gpointer handle = dlopen (path, RTLD_LAZY | RTLD_LOCAL);

  if (handle != NULL)
    return handle;

  if (g_path_is_absolute (path))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The library of whisper.cpp cannot be loaded: %s. " REMEDY,
                 dlerror ());
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         "The library of whisper.cpp is not installed. " REMEDY);
  return NULL;
}

/* FALSE, with an error, for a library of this name that is another one. */
static gboolean
look_up (gpointer handle, const char *name, gpointer function, GError **error)
{
  gpointer address = dlsym (handle, name);

  if (address == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "The library of whisper.cpp has no function %s. " REMEDY, name);
      return FALSE;
    }

  *(gpointer *) function = address;
  return TRUE;
}

static gboolean
look_up_all (CapWhisperLibrary *self, gpointer handle, GError **error)
{
  return look_up (handle, "whisper_version", &self->get_version, error)
         && look_up (handle, "whisper_log_set", &self->set_log, error)
         && look_up (handle, "whisper_context_default_params", &self->get_context_params, error)
         && look_up (handle, "whisper_init_from_file_with_params", &self->open, error)
         && look_up (handle, "whisper_free", &self->close, error)
         && look_up (handle, "whisper_is_multilingual", &self->is_multilingual, error)
         && look_up (handle, "whisper_lang_id", &self->get_language_id, error)
         && look_up (handle, "whisper_lang_str", &self->get_language_name, error)
         && look_up (handle, "whisper_token_eot", &self->get_end_of_text, error)
         && look_up (handle, "whisper_full_default_params", &self->get_params, error)
         && look_up (handle, "whisper_full", &self->decode, error)
         && look_up (handle, "whisper_full_n_segments", &self->count_segments, error)
         && look_up (handle, "whisper_full_lang_id", &self->get_language, error)
         && look_up (handle, "whisper_full_n_tokens", &self->count_tokens, error)
         && look_up (handle, "whisper_full_get_token_data", &self->get_token, error)
         && look_up (handle, "whisper_full_get_token_text", &self->get_token_text, error)
         && look_up (handle, "whisper_full_get_segment_no_speech_prob", &self->get_no_speech, error)
         && look_up (handle, "ggml_backend_dev_count", &self->count_devices, error)
         && look_up (handle, "ggml_backend_load_all", &self->load_all, error)
         && look_up (handle, "ggml_backend_load_all_from_path", &self->load_all_from, error);
}

gboolean
cap_whisper_library_connect (CapWhisperLibrary *self, const char *const *folders, char **folder, GError **error)
{
  g_autofree char *path = cap_library_search (LIBRARY, "WHISPER_LIBRARY", folders, error);
  gpointer handle;

  if (path == NULL)
    return FALSE;

  handle = open_library (path, error);
  if (handle == NULL)
    return FALSE;

  *folder = g_path_is_absolute (path) ? g_path_get_dirname (path) : NULL;
  return look_up_all (self, handle, error);
}
