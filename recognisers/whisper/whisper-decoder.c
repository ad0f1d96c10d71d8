/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "whisper/whisper-decoder.h"

#include "common/token-words.h"
#include "live/agreement.h"

#include <string.h>

#define RATE CAP_LIVE_RATE
#define SHORTEST RATE              /* frames; the model needs a second */
#define LONGEST (30 * RATE)
#define LONGEST_CONTEXT 1500       /* steps of the encoder, for 30 seconds */
#define STEP (RATE / 50)           /* frames of one step */
/* Steps of silence that follow the audio. The model expects 30 seconds; the less silence it
 * gets, the faster it is, and the more often it repeats itself. */
#define QUICK_SILENCE 64
#define CAREFUL_SILENCE 128
#define MOST_TOKENS 8              /* per second */
#define SPARE_TOKENS 16

struct _CapWhisperDecoder
{
  CapWhisperLibrary *library;
  struct whisper_context *context;
  const char *language; /* as whisper.cpp names it, or NULL for that of the speech */
  gboolean translate;
  char *terms;          /* "A, B.", or NULL */
  guint threads;
  GArray *padded;       /* float */
};

/* loading */

/* The only *.bin of the folder, for folders without an entry; NULL if there are none or
 * several. */
static char *
find_only_file (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *only = NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (!g_str_has_suffix (name, ".bin"))
        continue;
      if (only != NULL)
        return NULL;
      only = g_strdup (name);
    }
  return g_steal_pointer (&only);
}

/* FALSE, with an error, if there is no file. */
static gboolean
find_model (const char *folder, GHashTable *settings, char **path, GError **error)
{
  g_autofree char *name = g_strdup (g_hash_table_lookup (settings, "Model"));

  if (folder == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           "Whisper needs a model. Install one: “captionctl model list” shows them.");
      return FALSE;
    }
  if (name == NULL)
    name = find_only_file (folder);
  if (name == NULL || *name == '\0' || strchr (name, '/') != NULL || g_str_equal (name, ".."))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "The model's entry has no line Model= with the name of a file. Correct the entry, or "
                           "choose another model.");
      return FALSE;
    }

  *path = g_build_filename (folder, name, NULL);
  if (g_file_test (*path, G_FILE_TEST_IS_REGULAR))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "The model's file %s is missing. Remove the model, and install it again.", *path);
  return FALSE;
}

/* Whisper's name for a BCP 47 tag, such as "de" for "de-AT"; NULL if it has none. */
static const char *
find_language (CapWhisperLibrary *library, const char *tag)
{
  static const struct
  {
    const char *tag, *name;
  } others[] = { { "nb", "no" }, { "fil", "tl" }, { "jv", "jw" }, { "iw", "he" }, { "in", "id" }, { "cmn", "zh" } };
  g_auto (GStrv) parts = g_strsplit (tag, "-", 2);
  g_autofree char *name = g_ascii_strdown (parts[0] != NULL ? parts[0] : "", -1);
  int id;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_str_equal (name, others[i].tag))
      {
        g_free (name);
        name = g_strdup (others[i].name);
      }
  id = library->get_language_id (name);
  return id >= 0 ? library->get_language_name (id) : NULL;
}

static gboolean
set_language (CapWhisperDecoder *self, const char *tag, GError **error)
{
  gboolean multilingual = self->library->is_multilingual (self->context);

  if (tag == NULL)
    {
      self->language = multilingual ? NULL : "en";
      return TRUE;
    }

  self->language = find_language (self->library, tag);
  if (self->language == NULL || (!multilingual && !g_str_equal (self->language, "en")))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "This Whisper model does not understand “%s”. Choose another model, or another language.", tag);
      return FALSE;
    }
  return TRUE;
}

static gboolean
set_translation (CapWhisperDecoder *self, const char *tag, GError **error)
{
  g_autofree char *primary = tag != NULL ? g_ascii_strdown (tag, strcspn (tag, "-")) : NULL;

  if (primary == NULL)
    return TRUE;
  if (!g_str_equal (primary, "en") || !self->library->is_multilingual (self->context))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "This Whisper model does not translate into “%s”. Whisper translates into English only, with a "
                   "model for all languages. Choose English, or no translation.", tag);
      return FALSE;
    }

  self->translate = TRUE;
  return TRUE;
}

static char *
join_terms (const char *const *terms)
{
  g_autofree char *list = g_strjoinv (", ", (char **) terms);

  return *list != '\0' ? g_strconcat (list, ".", NULL) : NULL;
}

CapWhisperDecoder *
cap_whisper_decoder_new (CapWhisperLibrary *library, const CapLoadOptions *options, GError **error)
{
  g_autoptr (CapWhisperDecoder) self = g_new0 (CapWhisperDecoder, 1);
  g_autofree char *path = NULL;

  g_return_val_if_fail (library != NULL && options != NULL, NULL);

  self->library = library;
  self->threads = options->threads;
  self->terms = join_terms (options->terms);
  self->padded = g_array_new (FALSE, TRUE, sizeof (float));
  if (!find_model (options->model, options->settings, &path, error))
    return NULL;

  self->context = library->open (path, library->get_context_params ());
  if (self->context == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "whisper.cpp cannot read the model %s. Remove the model, and install it again.", path);
      return NULL;
    }
  if (!set_language (self, options->language, error) || !set_translation (self, options->translate_to, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
cap_whisper_decoder_free (CapWhisperDecoder *self)
{
  g_return_if_fail (self != NULL);

  if (self->context != NULL)
    self->library->close (self->context);
  cap_whisper_library_free (self->library);
  g_array_unref (self->padded);
  g_free (self->terms);
  g_free (self);
}

const char *
cap_whisper_decoder_get_language (CapWhisperDecoder *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->translate ? "en" : self->language;
}

/* decoding */

static int
get_context_length (gsize n_frames, CapEffort effort)
{
  int silence = effort == CAP_EFFORT_QUICK ? QUICK_SILENCE : CAREFUL_SILENCE;
  int length = (int) (n_frames / STEP) + silence;

  return effort == CAP_EFFORT_FULL || length >= LONGEST_CONTEXT ? 0 : length; /* 0: all */
}

static struct whisper_full_params
choose_params (CapWhisperDecoder *self, gsize n_frames, CapEffort effort, const char *prompt, const char *language)
{
  struct whisper_full_params params = self->library->get_params (WHISPER_SAMPLING_GREEDY);

  params.n_threads = self->threads;
  params.translate = self->translate;
  params.language = self->language != NULL ? self->language : language != NULL ? language : "auto";
  params.initial_prompt = prompt;
  params.no_context = true;
  params.single_segment = true;
  params.token_timestamps = true;
  params.suppress_nst = true;
  params.temperature_inc = 0;
  params.greedy.best_of = 1;
  params.max_tokens = MOST_TOKENS * n_frames / RATE + SPARE_TOKENS;
  params.audio_ctx = get_context_length (n_frames, effort);
  params.print_progress = params.print_realtime = params.print_timestamps = params.print_special = false;
  return params;
}

static const float *
pad (CapWhisperDecoder *self, const float *samples, gsize *n_frames)
{
  *n_frames = MIN (*n_frames, LONGEST);
  if (*n_frames >= SHORTEST)
    return samples;

  g_array_set_size (self->padded, 0);
  g_array_append_vals (self->padded, samples, *n_frames);
  g_array_set_size (self->padded, SHORTEST);
  *n_frames = SHORTEST;
  return (const float *) self->padded->data;
}

static void
remove_signs (GPtrArray *words)
{
  for (guint i = words->len; i-- > 0;)
    if (!cap_word_is_spoken (words->pdata[i]))
      g_ptr_array_remove_index (words, i);
}

/* The text of one segment, without the tokens that are not text. */
static void
read_tokens (CapWhisperDecoder *self, double seconds, CapDecoded *decoded)
{
  CapWhisperLibrary *library = self->library;
  int n = library->count_segments (self->context) > 0 ? library->count_tokens (self->context, 0) : 0;
  g_autofree const char **tokens = g_new0 (const char *, n + 1);
  g_autofree float *times = g_new0 (float, n + 1);
  g_autofree double *probabilities = g_new0 (double, n + 1);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *valid = NULL;
  double sum = 0;

  for (int i = 0; i < n; i++)
    {
      whisper_token_data token = library->get_token (self->context, 0, i);

      if (token.id >= library->get_end_of_text (self->context))
        continue;
      tokens[decoded->n_tokens] = library->get_token_text (self->context, 0, i);
      times[decoded->n_tokens] = token.t0 / 100.0f;
      probabilities[decoded->n_tokens] = token.p;
      g_string_append (text, tokens[decoded->n_tokens++]);
      sum += token.plog;
    }

  valid = g_utf8_make_valid (text->str, text->len);
  decoded->words
    = cap_token_words_new (&(CapTokens){ valid, tokens, times, probabilities, decoded->n_tokens, seconds });
  remove_signs (decoded->words);
  decoded->log_probability = decoded->n_tokens > 0 ? sum / decoded->n_tokens : 0;
  decoded->no_speech = n > 0 ? library->get_no_speech (self->context, 0) : 0;
}

static char *
join_prompt (CapWhisperDecoder *self, const char *prompt)
{
  if (self->terms == NULL || prompt == NULL)
    return g_strdup (self->terms != NULL ? self->terms : prompt);
  return g_strdup_printf ("%s %s", self->terms, prompt);
}

CapDecoded *
cap_whisper_decoder_decode (CapWhisperDecoder *self, const float *samples, gsize n_frames, CapEffort effort,
                            const char *prompt, const char *language)
{
  CapDecoded *decoded;
  double seconds = (double) n_frames / RATE;
  gint64 began = g_get_monotonic_time ();
  g_autofree char *whole_prompt = NULL;
  int id;

  g_return_val_if_fail (self != NULL && samples != NULL, NULL);

  samples = pad (self, samples, &n_frames);
  whole_prompt = join_prompt (self, prompt);
  if (self->library->decode (self->context, choose_params (self, n_frames, effort, whole_prompt, language), samples,
                             n_frames) != 0)
    return NULL;

  decoded = cap_decoded_new ();
  read_tokens (self, seconds, decoded);
  id = self->language == NULL && !self->translate ? self->library->get_language (self->context) : -1;
  decoded->language = id >= 0 ? g_strdup (self->library->get_language_name (id)) : NULL;
  decoded->took = (g_get_monotonic_time () - began) / 1e6;
  return decoded;
}
