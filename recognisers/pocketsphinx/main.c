/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The recogniser that every Debian has: PocketSphinx with its US English model. */

#include "common/program.h"
#include "pocketsphinx/decoder.h"
#include "pocketsphinx/utterances.h"

static void
on_recognised (const CapRecognised *recognised, gpointer user_data)
{
  cap_program_emit (user_data, recognised);
}

static gpointer
load (CapProgram *program, const CapLoadOptions *options, CapLoadFacts *facts, GError **error)
{
  facts->rate = CAP_DECODER_RATE;
  facts->format = CAP_FORMAT_S16;
  facts->language = g_strdup (CAP_DECODER_LANGUAGE);
  facts->name = g_strdup ("PocketSphinx");
  return cap_utterances_new (options->model, on_recognised, program, error);
}

static void
begin (gpointer recogniser, guint64 position)
{
  cap_utterances_begin (recogniser, position);
}

static void
audio (gpointer recogniser, guint64 position, gconstpointer samples, gsize n_frames)
{
  cap_utterances_feed (recogniser, position, samples, n_frames);
}

static void
end (gpointer recogniser, guint64 position, gboolean more)
{
  cap_utterances_end (recogniser, position, more);
}

static void
finish (gpointer recogniser)
{
  cap_utterances_finish (recogniser);
}

static void
free_utterances (gpointer recogniser)
{
  cap_utterances_free (recogniser);
}

int
main (void)
{
  static const CapProgramFuncs funcs = { load, begin, audio, end, finish, free_utterances };

  return cap_program_run (&funcs);
}
