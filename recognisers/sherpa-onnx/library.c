/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sherpa-onnx/library.h"
#include "common/library-search.h"

#include <dlfcn.h>
#include <stdio.h>

#define LIBRARY "libsherpa-onnx-c-api.so"
#define RUNTIME "libonnxruntime.so"
#define REMEDY "Install it with “captionctl model install sherpa-onnx-library”, then try again."

/* loading */

/* The library finds its runtime by a path inside it that packages may have removed. A
 * runtime that is already loaded serves instead. */
static gpointer
load_runtime (const char *library)
{
  g_autofree char *folder = g_path_get_dirname (library);
  g_autofree char *path = g_build_filename (folder, RUNTIME, NULL);

  if (!g_path_is_absolute (library) || !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;

  return dlopen (path, RTLD_NOW | RTLD_LOCAL);
}

static gboolean
open_library (CapSherpaLibrary *self, const char *const *folders, GError **error)
{
  g_autofree char *path = cap_library_search (LIBRARY, "SHERPA_ONNX_LIBRARY", folders, error);

  if (path == NULL)
    return FALSE;

  self->runtime = load_runtime (path);
  self->handle = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  if (self->handle != NULL)
    return TRUE;

  if (g_path_is_absolute (path))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 "The library sherpa-onnx cannot be loaded: %s. " REMEDY, dlerror ());
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         "The library sherpa-onnx is not installed. " REMEDY);
  return FALSE;
}

/* FALSE, with an error, for a library of this name that is another one. */
static gboolean
look_up (CapSherpaLibrary *self, const char *name, gpointer function, GError **error)
{
  gpointer address = dlsym (self->handle, name);

  if (address == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "The library sherpa-onnx has no function %s. " REMEDY, name);
      return FALSE;
    }

  *(gpointer *) function = address;
  return TRUE;
}

static gboolean
check_version (CapSherpaLibrary *self, GError **error)
{
  SherpaGetVersion get_version;

  if (!look_up (self, "SherpaOnnxGetVersionStr", &get_version, error))
    return FALSE;

  self->version = g_utf8_make_valid (get_version (), -1);
  if (cap_sherpa_library_is_tried (self->version))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "sherpa-onnx %s was not tried with captiond, which works with " SHERPA_TRIED ". "
               "Install a version of these with “captionctl model install sherpa-onnx-library”, then try again.",
               self->version);
  return FALSE;
}

static gboolean
look_up_all (CapSherpaLibrary *self, GError **error)
{
  return look_up (self, "SherpaOnnxCreateOnlineRecognizer", &self->create_recognizer, error)
         && look_up (self, "SherpaOnnxDestroyOnlineRecognizer", &self->destroy_recognizer, error)
         && look_up (self, "SherpaOnnxCreateOnlineStream", &self->create_stream, error)
         && look_up (self, "SherpaOnnxDestroyOnlineStream", &self->destroy_stream, error)
         && look_up (self, "SherpaOnnxOnlineStreamAcceptWaveform", &self->accept_waveform, error)
         && look_up (self, "SherpaOnnxOnlineStreamInputFinished", &self->input_finished, error)
         && look_up (self, "SherpaOnnxIsOnlineStreamReady", &self->is_ready, error)
         && look_up (self, "SherpaOnnxDecodeOnlineStream", &self->decode, error)
         && look_up (self, "SherpaOnnxGetOnlineStreamResult", &self->get_result, error)
         && look_up (self, "SherpaOnnxDestroyOnlineRecognizerResult", &self->destroy_result, error);
}

/* public */

CapSherpaLibrary *
cap_sherpa_library_new (const char *const *folders, GError **error)
{
  g_autoptr (CapSherpaLibrary) self = g_new0 (CapSherpaLibrary, 1);

  g_return_val_if_fail (folders != NULL, NULL);

  if (!open_library (self, folders, error) || !check_version (self, error) || !look_up_all (self, error))
    return NULL;

  *(gpointer *) &self->set_stream_option = dlsym (self->handle, "SherpaOnnxOnlineStreamSetOption");
  return g_steal_pointer (&self);
}

void
cap_sherpa_library_free (CapSherpaLibrary *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->version);
  g_free (self);
}

gboolean
cap_sherpa_library_is_tried (const char *version)
{
  int major, minor, micro;

  g_return_val_if_fail (version != NULL, FALSE);

  if (sscanf (version, "%d.%d.%d", &major, &minor, &micro) != 3)
    return FALSE;

  if (major == 1)
    return minor == 13 || (minor == 12 && micro >= 12);
  return major == 2 && minor == 0;
}
