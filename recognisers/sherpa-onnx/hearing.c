/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sherpa-onnx/hearing.h"

#include "common/token-words.h"

#include <string.h>

#define LONGEST_TAIL_MS 3000
#define STEP_MS 50 /* in which the tail is measured */

/* A loaded model, which several hearings share. */
typedef struct
{
  CapSherpaLibrary *library;
  CapSherpaModel *model;
  char *language; /* that each stream is told, or NULL */
  const SherpaRecognizer *recognizer;
  gsize tail;     /* frames */
} Loaded;

struct _CapHearing
{
  Loaded *loaded;
  const SherpaStream *stream; /* NULL if there is none */
  gsize n_fed;                /* frames of the stream */
};

static void
loaded_clear (gpointer data)
{
  Loaded *self = data;

  if (self->recognizer != NULL)
    self->library->destroy_recognizer (self->recognizer);
  g_free (self->language);
  cap_sherpa_model_free (self->model);
  cap_sherpa_library_free (self->library);
}

/* private */

static void
clear_stream (CapHearing *self)
{
  if (self->stream != NULL)
    self->loaded->library->destroy_stream (self->stream);
  self->stream = NULL;
  self->n_fed = 0;
}

static void
accept_samples (CapHearing *self, const float *samples, gsize n)
{
  self->loaded->library->accept_waveform (self->stream, self->loaded->model->rate, samples, n);
}

static gboolean
is_ready (CapHearing *self)
{
  return self->loaded->library->is_ready (self->loaded->recognizer, self->stream) != 0;
}

static gboolean
decode (CapHearing *self)
{
  gboolean decoded = FALSE;

  for (; is_ready (self); decoded = TRUE)
    self->loaded->library->decode (self->loaded->recognizer, self->stream);
  return decoded;
}

/* Models know languages by their primary subtags. Without a language, the model finds it
 * itself. */
static gboolean
choose_language (CapHearing *self, const char *language, GError **error)
{
  if (!self->loaded->model->takes_language || language == NULL)
    return TRUE;

  if (self->loaded->library->set_stream_option == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "sherpa-onnx %s cannot tell the model that the language is “%s”. Install a newer version with "
                   "“captionctl model install sherpa-onnx-library”, then try again.",
                   self->loaded->library->version, language);
      return FALSE;
    }

  self->loaded->language = g_strndup (language, strcspn (language, "-"));
  return TRUE;
}

/* Models decode audio by chunks of their own length, which no function of the library
 * tells: the first chunk is ready when a new stream has heard this much. Decoding that
 * silence also shows that the model works, before anybody speaks. */
static void
measure_tail (CapHearing *self)
{
  gsize step = (gsize) self->loaded->model->rate * STEP_MS / 1000;
  g_autofree float *silence = g_new0 (float, step);

  cap_hearing_begin (self);
  for (guint ms = 0; ms < LONGEST_TAIL_MS && !is_ready (self); ms += STEP_MS)
    {
      accept_samples (self, silence, step);
      self->loaded->tail += step;
    }
  decode (self);
  clear_stream (self);
}

/* public */

CapHearing *
cap_hearing_new (CapSherpaLibrary *library, CapSherpaModel *model, const char *language, guint threads,
                 GError **error)
{
  g_autoptr (CapHearing) self = NULL;
  SherpaConfig config;

  g_return_val_if_fail (library != NULL && model != NULL, NULL);

  self = g_new0 (CapHearing, 1);
  self->loaded = g_rc_box_new0 (Loaded);
  self->loaded->library = library;
  self->loaded->model = model;
  if (!choose_language (self, language, error))
    return NULL;

  cap_sherpa_model_configure (model, threads, &config);
  self->loaded->recognizer = library->create_recognizer (&config);
  if (self->loaded->recognizer == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "sherpa-onnx cannot load the model. Remove the model, and install it again.");
      return NULL;
    }

  measure_tail (self);
  return g_steal_pointer (&self);
}

CapHearing *
cap_hearing_new_beside (CapHearing *other)
{
  CapHearing *self;

  g_return_val_if_fail (other != NULL, NULL);

  self = g_new0 (CapHearing, 1);
  self->loaded = g_rc_box_acquire (other->loaded);
  return self;
}

void
cap_hearing_free (CapHearing *self)
{
  g_return_if_fail (self != NULL);

  clear_stream (self);
  g_rc_box_release_full (self->loaded, loaded_clear);
  g_free (self);
}

const char *
cap_hearing_get_version (CapHearing *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->loaded->library->version;
}

guint
cap_hearing_get_rate (CapHearing *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->loaded->model->rate;
}

gsize
cap_hearing_get_tail (CapHearing *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->loaded->tail;
}

void
cap_hearing_begin (CapHearing *self)
{
  g_return_if_fail (self != NULL);

  clear_stream (self);
  self->stream = self->loaded->library->create_stream (self->loaded->recognizer);
  if (self->loaded->language != NULL)
    self->loaded->library->set_stream_option (self->stream, "language", self->loaded->language);
}

gboolean
cap_hearing_feed (CapHearing *self, const float *samples, gsize n_frames)
{
  g_return_val_if_fail (self != NULL && self->stream != NULL, FALSE);
  g_return_val_if_fail (samples != NULL && n_frames <= G_MAXINT32, FALSE);

  accept_samples (self, samples, n_frames);
  self->n_fed += n_frames;
  return decode (self);
}

void
cap_hearing_end (CapHearing *self)
{
  g_autofree float *silence = NULL;

  g_return_if_fail (self != NULL && self->stream != NULL);

  silence = g_new0 (float, self->loaded->tail + 1);
  accept_samples (self, silence, self->loaded->tail);
  self->loaded->library->input_finished (self->stream);
  decode (self);
}

GPtrArray *
cap_hearing_get_words (CapHearing *self, gboolean with_probabilities)
{
  const SherpaResult *result;
  g_autofree double *probabilities = NULL;
  GPtrArray *words;

  g_return_val_if_fail (self != NULL && self->stream != NULL, NULL);

  result = self->loaded->library->get_result (self->loaded->recognizer, self->stream);
  if (with_probabilities && result->json != NULL)
    probabilities = cap_token_words_read_probabilities (result->json, "ys_probs", result->count);
  words = cap_token_words_new (&(CapTokens){
    .text = result->text,
    .tokens = result->tokens_arr,
    .times = result->timestamps,
    .probabilities = probabilities,
    .n_tokens = result->count,
    .duration = (double) self->n_fed / self->loaded->model->rate,
  });
  self->loaded->library->destroy_result (result);
  return words;
}
