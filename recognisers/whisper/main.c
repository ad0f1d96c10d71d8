/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The recogniser of Whisper models in ggml form, by whisper.cpp. */

#include "common/program.h"
#include "live/live.h"
#include "whisper/whisper-decoder.h"

#include <stdlib.h>
#include <unistd.h>

static void
on_recognised (const CapRecognised *recognised, gpointer user_data)
{
  cap_program_emit (user_data, recognised);
}

static CapDecoded *
decode (gpointer decoder, const float *samples, gsize n_frames, CapEffort effort, const char *prompt,
        const char *language)
{
  return cap_whisper_decoder_decode (decoder, samples, n_frames, effort, prompt, language);
}

static void
free_decoder (gpointer decoder)
{
  cap_whisper_decoder_free (decoder);
}

static gpointer
load (CapProgram *program, const CapLoadOptions *options, CapLoadFacts *facts, GError **error)
{
  static const CapLiveFuncs funcs = { decode, free_decoder };
  CapWhisperLibrary *library = cap_whisper_library_new (options->libraries, error);
  CapWhisperDecoder *decoder;
  g_autofree char *name = NULL, *model = NULL;

  if (library == NULL)
    return NULL;
  model = options->model != NULL ? g_path_get_basename (options->model) : g_strdup ("");
  name = g_strdup_printf ("whisper.cpp %s, %s", library->version, model);
  decoder = cap_whisper_decoder_new (library, options, error);
  if (decoder == NULL)
    return NULL;

  facts->rate = CAP_LIVE_RATE;
  facts->format = CAP_FORMAT_F32;
  facts->language = g_strdup (cap_whisper_decoder_get_language (decoder));
  facts->name = g_steal_pointer (&name);
  return cap_live_new (&funcs, decoder, on_recognised, program);
}

static void
begin (gpointer recogniser, guint64 position)
{
  cap_live_begin (recogniser, position);
}

static void
audio (gpointer recogniser, guint64 position, gconstpointer samples, gsize n_frames)
{
  cap_live_feed (recogniser, position, samples, n_frames);
}

static void
end (gpointer recogniser, guint64 position, gboolean more)
{
  cap_live_end (recogniser, position, more);
}

static void
finish (gpointer recogniser)
{
  cap_live_finish (recogniser);
}

static void
free_live (gpointer recogniser)
{
  cap_live_free (recogniser);
}

int
main (void)
{
  static const CapProgramFuncs funcs = { load, begin, audio, end, finish, free_live };

  /* ggml also looks for its parts in the working folder. */
  if (chdir ("/") != 0)
    return EXIT_FAILURE;

  return cap_program_run (&funcs);
}
