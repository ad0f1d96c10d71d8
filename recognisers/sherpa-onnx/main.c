/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The recogniser of streaming models: sherpa-onnx, which users install. */

#include "common/program.h"
#include "sherpa-onnx/hearing.h"
#include "sherpa-onnx/recognition.h"

#include <fcntl.h>
#include <unistd.h>

static void
on_recognised (const CapRecognised *recognised, gpointer user_data)
{
  cap_program_emit (user_data, recognised);
}

/* The library writes complaints to standard error, and some of them contain text that
 * was spoken. Complaints about the model come before this. */
static void
silence_library (void)
{
  /* For reading, which is allowed everywhere: a write to it fails. */
  int nowhere = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  if (nowhere < 0)
    return;

  dup2 (nowhere, STDOUT_FILENO);
  dup2 (nowhere, STDERR_FILENO);
  close (nowhere);
}

static CapRecognition *
load_model (CapProgram *program, const CapLoadOptions *options, GError **error)
{
  g_autoptr (CapSherpaLibrary) library = cap_sherpa_library_new (options->libraries, error);
  g_autoptr (CapSherpaModel) model = NULL;
  CapHearing *hearing;
  gboolean capitals;

  if (library == NULL)
    return NULL;
  model = cap_sherpa_model_new (options->model, options->settings, error);
  if (model == NULL)
    return NULL;

  capitals = model->capitals;
  hearing = cap_hearing_new (g_steal_pointer (&library), g_steal_pointer (&model), options->language,
                             options->threads, error);
  if (hearing == NULL)
    return NULL;

  silence_library ();
  return cap_recognition_new (hearing, options->language, capitals, on_recognised, program);
}

static gpointer
load (CapProgram *program, const CapLoadOptions *options, CapLoadFacts *facts, GError **error)
{
  CapRecognition *recognition;
  CapHearing *hearing;
  g_autofree char *model = NULL;

  if (options->beside != NULL)
    recognition = cap_recognition_new_beside (options->beside, on_recognised, program);
  else
    recognition = load_model (program, options, error);
  if (recognition == NULL)
    return NULL;

  hearing = cap_recognition_get_hearing (recognition);
  model = g_path_get_basename (options->model);
  facts->rate = cap_hearing_get_rate (hearing);
  facts->format = CAP_FORMAT_F32;
  facts->language = g_strdup (options->language);
  facts->name = g_strdup_printf ("sherpa-onnx %s, %s", cap_hearing_get_version (hearing), model);
  return recognition;
}

static void
begin (gpointer recogniser, guint64 position)
{
  cap_recognition_begin (recogniser, position);
}

static void
audio (gpointer recogniser, guint64 position, gconstpointer samples, gsize n_frames)
{
  cap_recognition_feed (recogniser, position, samples, n_frames);
}

static void
end (gpointer recogniser, guint64 position, gboolean more)
{
  cap_recognition_end (recogniser, position, more);
}

static void
finish (gpointer recogniser)
{
  cap_recognition_finish (recogniser);
}

static void
free_recognition (gpointer recogniser)
{
  cap_recognition_free (recogniser);
}

int
main (void)
{
  static const CapProgramFuncs funcs = { load, begin, audio, end, finish, free_recognition };

  return cap_program_run (&funcs);
}
