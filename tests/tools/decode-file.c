/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Prints the text that a recogniser of this computer finds in a WAV file, one utterance
 * per line. */

#include "local/engine-local.h"
#include "local/recognisers.h"
#include "tools/feed.h"

#include <locale.h>
#include <stdlib.h>

#define CHUNK CAP_AUDIO_MS (100)

typedef struct
{
  gboolean partials;
  gboolean real_time;
  char *recogniser;
  char *language;
  char *model;
  char *model_dir;
  gint64 began;
} Options;

static void
clear_options (Options *self)
{
  g_free (self->recogniser);
  g_free (self->language);
  g_free (self->model);
  g_free (self->model_dir);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, clear_options)

/* Returns the seconds from the end of the hypothesis to now. */
static double
get_delay (const Options *options, const CapHypothesis *hypothesis)
{
  return (g_get_monotonic_time () - options->began) / 1e6 - (double) hypothesis->end / CAP_AUDIO_RATE;
}

static void
on_hypothesis (CapEngine *engine, const CapHypothesis *hypothesis, const Options *options)
{
  if (!hypothesis->final && !options->partials)
    return;

  if (options->partials)
    g_print ("%s %" G_GUINT64_FORMAT " [%.2f %.2f] %.2f ", hypothesis->final ? "final" : "     ",
             hypothesis->utterance, (double) hypothesis->begin / CAP_AUDIO_RATE,
             (double) hypothesis->end / CAP_AUDIO_RATE, hypothesis->confidence);
  if (options->partials && options->real_time)
    g_print ("+%.2fs ", get_delay (options, hypothesis));
  g_print ("%s\n", hypothesis->text);
}

static void
wait_until (gint64 time)
{
  while (g_get_monotonic_time () < time)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static gboolean
chooses (const Options *options, const CapCandidate *candidate)
{
  if (options->recogniser != NULL && !g_str_equal (candidate->recogniser->id, options->recogniser))
    return FALSE;

  return options->model == NULL
         || (candidate->entry != NULL && g_str_equal (candidate->entry->id, options->model));
}

/* Returns the candidates that the options choose, the best first. */
static GPtrArray *
find_candidates (CapRecognisers *recognisers, const Options *options)
{
  const char *language = options->language != NULL ? options->language : "";
  GPtrArray *candidates = cap_recognisers_find (recognisers, options->recogniser, language);

  for (guint i = candidates->len; i > 0; i--)
    if (!chooses (options, candidates->pdata[i - 1]))
      g_ptr_array_remove_index (candidates, i - 1);

  if (candidates->len > 0 && options->model_dir != NULL)
    {
      CapCandidate *best = candidates->pdata[0];

      g_free (best->folder);
      best->folder = g_strdup (options->model_dir);
    }

  return candidates;
}

static int
decode (const char *path, Options *options)
{
  g_autoptr (CapHosts) hosts = cap_hosts_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) sound = feed_load (path, &error);
  g_autoptr (CapModels) models = cap_models_new (NULL, NULL);
  g_autoptr (CapRecognisers) recognisers = cap_recognisers_new (models);
  g_autoptr (GPtrArray) candidates = find_candidates (recognisers, options);
  g_autoptr (CapEngine) engine = NULL;
  g_autoptr (Feed) feed = NULL;

  if (sound == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  if (candidates->len == 0)
    {
      g_printerr ("No recogniser and installed model are as the options say. List them with: captionctl engines\n");
      return EXIT_FAILURE;
    }

  engine = cap_engine_local_new ("local", hosts, candidates, 2);
  g_signal_connect (engine, "hypothesis", G_CALLBACK (on_hypothesis), options);
  cap_engine_start (engine);
  feed = feed_new (engine);
  if (cap_engine_get_failure (engine) != NULL)
    {
      g_printerr ("%s\n", cap_engine_get_failure (engine)->message);
      return EXIT_FAILURE;
    }

  options->began = g_get_monotonic_time ();
  for (guint at = 0; at < sound->len; at += CHUNK)
    {
      guint n_frames = MIN (CHUNK, sound->len - at);

      if (options->real_time)
        wait_until (options->began + (gint64) (at + n_frames) * 1000 / 24);
      feed_append (feed, &g_array_index (sound, gint16, at), n_frames);
    }
  feed_finish (feed);

  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { FALSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE.wav");
  const GOptionEntry entries[] = {
    { "partials", 0, 0, G_OPTION_ARG_NONE, &options.partials, "Also print partial results, and times", NULL },
    { "real-time", 0, 0, G_OPTION_ARG_NONE, &options.real_time, "Feed the sound in real time", NULL },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options.model, "Instead of the best installed one", "ID" },
    { "model-dir", 0, 0, G_OPTION_ARG_FILENAME, &options.model_dir, "Folder of the model", "DIR" },
    { "recogniser", 0, 0, G_OPTION_ARG_STRING, &options.recogniser, "Instead of the best one", "NAME" },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options.language, "BCP 47", "TAG" },
    { NULL }
  };

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "One WAV file is needed.");
      return EXIT_FAILURE;
    }

  return decode (argv[1], &options);
}
