/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "whisper/whisper-library.h"

#include <stdio.h>

#define TRIED "1.8.1 to 1.9"

static void
ignore_log (int level, const char *text, void *user_data)
{
}

static gboolean
check_version (CapWhisperLibrary *self, GError **error)
{
  self->version = g_utf8_make_valid (self->get_version (), -1);
  if (cap_whisper_library_is_tried (self->version))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "whisper.cpp %s was not tried with captiond, which works with " TRIED ". "
               "Install a version of these, then try again.", self->version);
  return FALSE;
}

/* Distributions build the parts of ggml that compute as files of their own, which nobody
 * but the program loads. Without any, the library ends the process. */
static gboolean
load_devices (CapWhisperLibrary *self, const char *folder, GError **error)
{
  if (self->count_devices () == 0)
    self->load_all ();
  if (self->count_devices () == 0 && folder != NULL)
    self->load_all_from (folder);
  if (self->count_devices () > 0)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                       "whisper.cpp finds no part of ggml that computes. Reinstall the packages of ggml, such as "
                       "libggml0, then try again.");
  return FALSE;
}

CapWhisperLibrary *
cap_whisper_library_new (const char *const *folders, GError **error)
{
  g_autoptr (CapWhisperLibrary) self = g_new0 (CapWhisperLibrary, 1);
  g_autofree char *folder = NULL;

  g_return_val_if_fail (folders != NULL, NULL);

  if (!cap_whisper_library_connect (self, folders, &folder, error) || !check_version (self, error))
    return NULL;

  self->set_log (ignore_log, NULL);
  return load_devices (self, folder, error) ? g_steal_pointer (&self) : NULL;
}

void
cap_whisper_library_free (CapWhisperLibrary *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->version);
  g_free (self);
}

gboolean
cap_whisper_library_is_tried (const char *version)
{
  int major, minor, micro;

  g_return_val_if_fail (version != NULL, FALSE);

  if (sscanf (version, "%d.%d.%d", &major, &minor, &micro) != 3 || major != 1)
    return FALSE;
  return minor == 9 || (minor == 8 && micro >= 1);
}
