/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/decoder.h"

#include "local/recogniser.h"

#include <speex/speex_resampler.h>

#define RATE CAP_RECOGNISER_RATE
#define MS(ms) ((gsize) (ms) * RATE / 1000)

/* For speexdsp: one step above its "desktop" quality. A higher quality makes no
 * difference, because the recogniser uses frequencies up to 6.8 kHz only. */
#define RESAMPLER_QUALITY 7

#define STEP MS (50)          /* decoded at a time */
#define LONGEST MS (20000)    /* of an utterance that the gate does not end */
#define LONGEST_CARRY MS (3000)
#define SHORTEST_KEPT MS (1000)
#define SHORT_PAUSE MS (80)   /* between words: long enough for a cut */
#define LAST_PAUSE MS (150)   /* after words: longer than any consonant */
#define UNHEARD MS (500)      /* of a word that the recogniser may not show yet */

struct _CapLocalDecoder
{
  CapRecogniser *recogniser;
  SpeexResamplerState *resampler;
  CapLocalDecoderFunc func;
  gpointer user_data;

  gboolean open;      /* there is an utterance */
  gboolean said;      /* the utterance has a hypothesis */
  guint64 utterance;
  guint64 begin;      /* where it begins */
  guint64 expected;   /* where the next audio is expected */
  guint64 settled;

  GArray *audio;      /* gint16, the whole utterance */
  gsize n_decoded;    /* samples of the audio */
  char *text;         /* of the last hypothesis */
};

/* positions: a frame of the recogniser is as long as 1.5 frames of the stream */

static guint64
to_position (CapLocalDecoder *self, gsize frame)
{
  return MIN (self->begin + (guint64) frame * CAP_AUDIO_RATE / RATE, self->expected);
}

/* lifecycle */

CapLocalDecoder *
cap_local_decoder_new (const char *model_dir, CapLocalDecoderFunc func, gpointer user_data, GError **error)
{
  CapRecogniser *recogniser;
  CapLocalDecoder *self;

  g_return_val_if_fail (func != NULL, NULL);

  recogniser = cap_recogniser_new (model_dir, error);
  if (recogniser == NULL)
    return NULL;

  self = g_new0 (CapLocalDecoder, 1);
  self->recogniser = recogniser;
  self->resampler = speex_resampler_init (1, CAP_AUDIO_RATE, RATE, RESAMPLER_QUALITY, NULL);
  if (self->resampler == NULL)
    g_error ("Out of memory");
  self->func = func;
  self->user_data = user_data;
  self->audio = g_array_new (FALSE, FALSE, sizeof (gint16));

  return self;
}

void
cap_local_decoder_free (CapLocalDecoder *self)
{
  g_return_if_fail (self != NULL);

  if (self->open)
    cap_recogniser_end (self->recogniser);
  cap_recogniser_free (self->recogniser);
  speex_resampler_destroy (self->resampler);
  g_array_unref (self->audio);
  g_free (self->text);
  g_free (self);
}

/* hypotheses */

/* The text of the words before @cut. Sets the range that the text covers, and
 * the confidence: the mean of the probabilities, weighted by duration. */
static char *
join_words (GPtrArray *words, gsize cut, gsize *begin, gsize *end, double *confidence)
{
  GString *text = g_string_new (NULL);
  double sum = 0, weight = 0;

  for (guint i = 0; i < words->len; i++)
    {
      const CapWord *word = words->pdata[i];

      if (word->text == NULL || word->begin >= cut)
        continue;
      if (text->len == 0)
        *begin = word->begin;
      else
        g_string_append_c (text, ' ');
      g_string_append (text, word->text);
      *end = MIN (word->end, cut);
      sum += word->probability * (word->end - word->begin);
      weight += word->end - word->begin;
    }

  *confidence = weight > 0 ? CLAMP (sum / weight, 0, 1) : -1;
  return g_string_free (text, FALSE);
}

static void
emit_hypothesis (CapLocalDecoder *self, GPtrArray *words, gsize cut, gboolean final)
{
  gsize begin = 0, end = cut;
  double confidence;
  g_autofree char *text = join_words (words, cut, &begin, &end, &confidence);
  CapHypothesis hypothesis;

  if ((text[0] == '\0' && !self->said) || (!final && g_strcmp0 (text, self->text) == 0))
    return;

  hypothesis = (CapHypothesis){
    .utterance = self->utterance,
    .begin = to_position (self, begin),
    .end = to_position (self, end),
    .text = text,
    .final = final,
    .language = CAP_RECOGNISER_LANGUAGE,
    .confidence = final ? confidence : -1,
  };
  self->func (&hypothesis, self->user_data);

  self->said = TRUE;
  g_free (self->text);
  self->text = g_steal_pointer (&text);
}

/* utterances */

static void
open_utterance (CapLocalDecoder *self, guint64 begin)
{
  self->open = TRUE;
  self->said = FALSE;
  self->utterance++;
  self->begin = begin;
  self->n_decoded = 0;
  g_clear_pointer (&self->text, g_free);
  cap_recogniser_begin (self->recogniser);
}

/* Decodes the audio in whole steps, or to its end. */
static void
decode (CapLocalDecoder *self, gboolean to_the_end)
{
  gsize before = self->n_decoded;

  while (self->n_decoded < self->audio->len)
    {
      gsize n = MIN (STEP, self->audio->len - self->n_decoded);

      if (n < STEP && !to_the_end)
        break;
      cap_recogniser_process (self->recogniser,
                              &g_array_index (self->audio, gint16, self->n_decoded), n);
      self->n_decoded += n;
    }

  if (self->n_decoded > before && !to_the_end)
    {
      g_autoptr (GPtrArray) words = cap_recogniser_get_words (self->recogniser);

      emit_hypothesis (self, words, self->n_decoded, FALSE);
    }
}

static void
resample (CapLocalDecoder *self, const gint16 *samples, gsize n_frames)
{
  while (n_frames > 0)
    {
      gint16 out[1024];
      spx_uint32_t n_in = n_frames, n_out = G_N_ELEMENTS (out);

      speex_resampler_process_int (self->resampler, 0, samples, &n_in, out, &n_out);
      g_array_append_vals (self->audio, out, n_out);
      samples += n_in;
      n_frames -= n_in;
    }
}

/* Pushes the last frames through the filter. */
static void
drain_resampler (CapLocalDecoder *self)
{
  g_autofree gint16 *silence = NULL;
  int latency = speex_resampler_get_input_latency (self->resampler);

  silence = g_new0 (gint16, latency);
  resample (self, silence, latency);
}

static void
close_utterance (CapLocalDecoder *self)
{
  g_autoptr (GPtrArray) words = NULL;

  drain_resampler (self);
  decode (self, TRUE);
  cap_recogniser_end (self->recogniser);
  words = cap_recogniser_get_words (self->recogniser);
  emit_hypothesis (self, words, self->audio->len, TRUE);

  self->open = FALSE;
  self->settled = self->expected;
}

/* cutting speech without a pause */

/* The middle of the silence after the last word, because the gate cuts in a
 * pause if it finds one. Without such a silence, the middle of the last short
 * pause, or 0. */
static gsize
find_pause (GPtrArray *words, gsize earliest)
{
  gsize last = words->len > 0 ? ((CapWord *) words->pdata[words->len - 1])->end : 0;
  gsize begin, end = 0;  /* of the silence looked at */

  for (guint i = words->len; i-- > 0;)
    {
      const CapWord *word = words->pdata[i];

      if (word->begin < earliest)
        break;
      if (word->text != NULL)
        {
          end = 0;
          continue;
        }

      /* One pause may consist of silence, a breath, and the end marker. */
      begin = word->begin;
      if (end == 0)
        end = word->end;
      if (end - begin >= (end == last ? LAST_PAUSE : SHORT_PAUSE))
        return (begin + end) / 2;
    }

  return 0;
}

/* The place of the cut: the audio before the cut belongs to this utterance, and the rest
 * is decoded again as part of the next one. Without a pause, the last two words
 * belong to the rest: the last word may be incomplete, and the recogniser chose
 * the word before it to match. */
static gsize
find_cut (CapLocalDecoder *self, GPtrArray *words)
{
  gsize end = self->audio->len;
  gsize earliest = MAX (SHORTEST_KEPT, end > LONGEST_CARRY ? end - LONGEST_CARRY : 0);
  gsize cut = find_pause (words, earliest);
  guint n_words = 0;

  for (guint i = words->len; cut == 0 && n_words < 2 && i-- > 0;)
    {
      const CapWord *word = words->pdata[i];

      if (word->text == NULL)
        continue;
      if (word->begin < earliest)
        cut = MAX (word->end, earliest);
      else if (++n_words == 2)
        cut = word->begin;
    }
  if (cut == 0)
    cut = end > UNHEARD ? end - UNHEARD : end;

  cut = CLAMP (cut, MIN (earliest, end), end);
  /* Only an even frame is at a whole position. */
  return cut - cut % 2;
}

static void
cut_utterance (CapLocalDecoder *self)
{
  g_autoptr (GPtrArray) words = NULL;
  gsize cut;

  decode (self, TRUE);
  cap_recogniser_end (self->recogniser);
  words = cap_recogniser_get_words (self->recogniser);
  cut = find_cut (self, words);
  emit_hypothesis (self, words, cut, TRUE);

  self->settled = to_position (self, cut);
  g_array_remove_range (self->audio, 0, cut);
  open_utterance (self, self->settled);
  decode (self, FALSE);
}

/* public methods */

void
cap_local_decoder_begin (CapLocalDecoder *self, guint64 position)
{
  g_return_if_fail (self != NULL);

  /* The utterance already continues after a cut. */
  if (self->open && position == self->expected)
    return;

  cap_local_decoder_skip (self, position);
  self->expected = position;
  speex_resampler_reset_mem (self->resampler);
  speex_resampler_skip_zeros (self->resampler);
  g_array_set_size (self->audio, 0);
  open_utterance (self, position);
}

void
cap_local_decoder_feed (CapLocalDecoder *self, guint64 position, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (samples != NULL || n_frames == 0);

  /* The audio in between was lost. */
  if (position != self->expected || !self->open)
    cap_local_decoder_begin (self, position);

  resample (self, samples, n_frames);
  self->expected = position + n_frames;
  decode (self, FALSE);
  if (self->audio->len >= LONGEST)
    cut_utterance (self);
}

void
cap_local_decoder_end (CapLocalDecoder *self, CapGateEnd why)
{
  g_return_if_fail (self != NULL);

  if (!self->open)
    return;

  if (why == CAP_GATE_LENGTH)
    cut_utterance (self);
  else
    close_utterance (self);
}

void
cap_local_decoder_skip (CapLocalDecoder *self, guint64 position)
{
  g_return_if_fail (self != NULL);

  if (self->open)
    close_utterance (self);

  self->expected = MAX (self->expected, position);
  self->settled = self->expected;
}

guint64
cap_local_decoder_get_settled (CapLocalDecoder *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->settled;
}
