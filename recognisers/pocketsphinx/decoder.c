/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "pocketsphinx/decoder.h"

#include <locale.h>
#include <gio/gio.h>
#include <pocketsphinx.h>
#include <string.h>

#ifdef HAVE_POCKETSPHINX_5
#include <pocketsphinx/err.h>
#else
#include <sphinxbase/cmd_ln.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/err.h>
#include <sphinxbase/feat.h>
#endif

#define N_CEPSTRA 13
#define FRAME 160   /* 10 ms, PocketSphinx's step */
#define WINDOW 410  /* the samples that one of its frames covers */

/* PocketSphinx starts with the mean cepstrum of its training recordings, and
 * gives it the weight of 500 frames. A speaker who is louder, softer or uses
 * another microphone therefore loses half of the first seconds. Here, the first
 * mean has the weight of PRIOR_FRAMES only, and the mean of the speaker covers
 * the last MEMORY_FRAMES. */
#define STOCK_FRAMES 500
#define PRIOR_FRAMES 30
#define MEMORY_FRAMES 800

static const double prior_mean[N_CEPSTRA] = { 41.00, -5.29, -0.12, 5.09, 2.48, -4.07, -1.37,
                                              -1.78, -5.08, -2.05, -6.45, -1.42, 1.17 };

struct _CapDecoder
{
  ps_decoder_t *decoder;

  /* the mean cepstrum in use, and the sums for the next one */
  double mean[N_CEPSTRA];
  double sum[N_CEPSTRA];
  double n_summed;
  gsize n_samples;  /* of this utterance */

  locale_t c_locale;
};

static void
word_free (gpointer data)
{
  CapWord *word = data;

  g_free (word->text);
  g_free (word);
}

static void
silence_log (void)
{
  err_set_callback (NULL, NULL);
}

/* the differences between PocketSphinx 5 and 5prealpha */

#ifdef HAVE_POCKETSPHINX_5

static ps_decoder_t *
make_decoder (const char *acoustic, const char *language, const char *dictionary)
{
  ps_config_t *config = ps_config_init (NULL);
  ps_decoder_t *decoder;

  ps_config_set_str (config, "hmm", acoustic);
  ps_config_set_str (config, "lm", language);
  ps_config_set_str (config, "dict", dictionary);
  ps_config_set_str (config, "loglevel", "FATAL");
  /* for the reason given below */
  ps_config_set_bool (config, "remove_noise", FALSE);
  decoder = ps_init (config);
  ps_config_free (config);

  return decoder;
}

/* The decoder separates the numbers by commas, and formats each for the current
 * locale, which must therefore be C. */
static void
read_mean (CapDecoder *self, double *mean)
{
  locale_t before = uselocale (self->c_locale);
  g_auto (GStrv) texts = g_strsplit (ps_get_cmn (self->decoder, TRUE), ",", N_CEPSTRA);

  for (guint i = 0; i < N_CEPSTRA; i++)
    mean[i] = texts[i] != NULL ? g_ascii_strtod (texts[i], NULL) : 0;
  uselocale (before);
}

static void
write_mean (CapDecoder *self, const double *mean)
{
  locale_t before = uselocale (self->c_locale);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < N_CEPSTRA; i++)
    g_string_append_printf (text, "%s%.6g", i > 0 ? "," : "", mean[i]);
  ps_set_cmn (self->decoder, text->str);
  uselocale (before);
}

#else

static ps_decoder_t *
make_decoder (const char *acoustic, const char *language, const char *dictionary)
{
  cmd_ln_t *config;
  ps_decoder_t *decoder;

  /* ps_init() lists its options there without asking the callback. */
  err_set_logfp (NULL);

  /* The gate has already detected speech, so PocketSphinx must not remove silence:
   * it would change the times of the words. Its noise removal needs seconds of
   * speech to adapt, and removes soft consonants. */
  config = cmd_ln_init (NULL, ps_args (), TRUE, "-hmm", acoustic, "-lm", language, "-dict", dictionary,
                        "-remove_silence", "no", "-remove_noise", "no", NULL);
  if (config == NULL)
    return NULL;

  decoder = ps_init (config);
  cmd_ln_free_r (config);

  return decoder;
}

static void
read_mean (CapDecoder *self, double *mean)
{
  cmn_t *cmn = ps_get_feat (self->decoder)->cmn_struct;

  cmn_live_update (cmn);
  for (guint i = 0; i < N_CEPSTRA; i++)
    mean[i] = cmn->cmn_mean[i];
}

static void
write_mean (CapDecoder *self, const double *mean)
{
  mfcc_t values[N_CEPSTRA];

  for (guint i = 0; i < N_CEPSTRA; i++)
    values[i] = mean[i];
  cmn_live_set (ps_get_feat (self->decoder)->cmn_struct, values);
}

#endif

/* the mean cepstrum */

static void
apply_mean (CapDecoder *self)
{
  for (guint i = 0; i < N_CEPSTRA; i++)
    self->mean[i] = (PRIOR_FRAMES * prior_mean[i] + self->sum[i]) / (PRIOR_FRAMES + self->n_summed);
  write_mean (self, self->mean);
}

static gsize
count_frames (gsize n_samples)
{
  return n_samples < WINDOW ? 0 : (n_samples - WINDOW) / FRAME + 1;
}

/* Learns from the @n_samples that were just processed. The decoder reveals its
 * mean only; the sum of the new frames follows from it and from the weight that
 * the decoder gave to our mean. */
static void
learn_mean (CapDecoder *self, gsize n_samples)
{
  double n_new = count_frames (self->n_samples + n_samples) - count_frames (self->n_samples);
  double mean[N_CEPSTRA];
  double keep;

  self->n_samples += n_samples;
  if (n_new == 0)
    return;

  read_mean (self, mean);
  keep = MIN (1, MEMORY_FRAMES / (self->n_summed + n_new));
  for (guint i = 0; i < N_CEPSTRA; i++)
    {
      self->sum[i] += mean[i] * (STOCK_FRAMES + n_new) - self->mean[i] * STOCK_FRAMES;
      self->sum[i] *= keep;
    }
  self->n_summed = (self->n_summed + n_new) * keep;
  apply_mean (self);
}

/* lifecycle */

static gboolean
find_model (const char *model_dir, char **acoustic, char **language, char **dictionary, GError **error)
{
  g_autofree char *definition = NULL;

  *acoustic = g_build_filename (model_dir, "en-us", "en-us", NULL);
  *language = g_build_filename (model_dir, "en-us", "en-us.lm.bin", NULL);
  *dictionary = g_build_filename (model_dir, "en-us", "cmudict-en-us.dict", NULL);
  definition = g_build_filename (*acoustic, "mdef", NULL);

  /* PocketSphinx may end the process if a file is missing, so look for them here. */
  if (g_file_test (definition, G_FILE_TEST_IS_REGULAR) && g_file_test (*language, G_FILE_TEST_IS_REGULAR)
      && g_file_test (*dictionary, G_FILE_TEST_IS_REGULAR))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "PocketSphinx finds no speech model in %s. "
               "Install the package pocketsphinx-en-us, then try again.", model_dir);
  return FALSE;
}

CapDecoder *
cap_decoder_new (const char *model_dir, GError **error)
{
  g_autofree char *acoustic = NULL, *language = NULL, *dictionary = NULL;
  CapDecoder *self;
  ps_decoder_t *decoder;

  if (model_dir == NULL)
    model_dir = POCKETSPHINX_MODEL_DIR;
  if (!find_model (model_dir, &acoustic, &language, &dictionary, error))
    return NULL;

  silence_log ();
  decoder = make_decoder (acoustic, language, dictionary);
  if (decoder == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "PocketSphinx cannot load the speech model in %s. "
                   "Reinstall the package pocketsphinx-en-us.", model_dir);
      return NULL;
    }

  self = g_new0 (CapDecoder, 1);
  self->decoder = decoder;
  self->c_locale = newlocale (LC_NUMERIC_MASK, "C", (locale_t) 0);
  ps_start_stream (decoder);
  apply_mean (self);

  return self;
}

void
cap_decoder_free (CapDecoder *self)
{
  g_return_if_fail (self != NULL);

  ps_free (self->decoder);
  freelocale (self->c_locale);
  g_free (self);
}

/* public methods */

void
cap_decoder_begin (CapDecoder *self)
{
  g_return_if_fail (self != NULL);

  self->n_samples = 0;
  ps_start_utt (self->decoder);
}

void
cap_decoder_process (CapDecoder *self, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (samples != NULL || n_frames == 0);

  ps_process_raw (self->decoder, samples, n_frames, FALSE, FALSE);
  learn_mean (self, n_frames);
}

void
cap_decoder_end (CapDecoder *self)
{
  g_return_if_fail (self != NULL);

  ps_end_utt (self->decoder);
  /* ps_end_utt() has replaced the mean by that of PocketSphinx. */
  apply_mean (self);
}

/* NULL for a @name that is not a word: <s>, <sil>, [NOISE], ++COUGH++. "word(2)"
 * is the second pronunciation of a word. */
static char *
dup_word (const char *name)
{
  if (strchr ("<[+", name[0]) != NULL)
    return NULL;

  return g_strndup (name, strcspn (name, "("));
}

GPtrArray *
cap_decoder_get_words (CapDecoder *self)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (word_free);
  logmath_t *logmath;
  int origin = -1;

  g_return_val_if_fail (self != NULL, NULL);

  logmath = ps_get_logmath (self->decoder);
  for (ps_seg_t *segment = ps_seg_iter (self->decoder); segment != NULL; segment = ps_seg_next (segment))
    {
      CapWord *word = g_new0 (CapWord, 1);
      int first, last;

      /* One version counts frames from the beginning of the stream, the other from
       * the beginning of the utterance. Every utterance begins with a segment. */
      ps_seg_frames (segment, &first, &last);
      if (origin < 0)
        origin = first;
      word->text = dup_word (ps_seg_word (segment));
      word->begin = (gsize) (first - origin) * FRAME;
      word->end = (gsize) MAX (last + 1 - origin, 0) * FRAME;
      word->probability = logmath_exp (logmath, ps_seg_prob (segment, NULL, NULL, NULL));
      g_ptr_array_add (words, word);
    }

  return words;
}
