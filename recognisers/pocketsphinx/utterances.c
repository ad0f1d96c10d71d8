/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "pocketsphinx/utterances.h"

#include "pocketsphinx/decoder.h"

#define RATE CAP_DECODER_RATE
#define MS(ms) ((gsize) (ms) * RATE / 1000)

#define STEP MS (50)          /* decoded at a time */
#define LONGEST MS (20000)    /* of an utterance that captiond does not end */
#define LONGEST_CARRY MS (3000)
#define SHORTEST_KEPT MS (1000)
#define SHORT_PAUSE MS (80)   /* between words: long enough for a cut */
#define LAST_PAUSE MS (150)   /* after words: longer than any consonant */
#define UNHEARD MS (500)      /* of a word that the recogniser may not show yet */

struct _CapUtterances
{
  CapDecoder *decoder;
  CapUtterancesFunc func;
  gpointer user_data;

  gboolean open;      /* there is an utterance */
  gboolean said;      /* the utterance has a hypothesis */
  guint64 utterance;
  guint64 begin;      /* where it begins */
  guint64 expected;   /* where the next audio is expected */

  GArray *audio;      /* gint16, the whole utterance */
  gsize n_decoded;    /* samples of the audio */
  char *text;         /* of the last hypothesis */
};

/* lifecycle */

CapUtterances *
cap_utterances_new (const char *model_dir, CapUtterancesFunc func, gpointer user_data, GError **error)
{
  CapDecoder *decoder;
  CapUtterances *self;

  g_return_val_if_fail (func != NULL, NULL);

  decoder = cap_decoder_new (model_dir, error);
  if (decoder == NULL)
    return NULL;

  self = g_new0 (CapUtterances, 1);
  self->decoder = decoder;
  self->func = func;
  self->user_data = user_data;
  self->audio = g_array_new (FALSE, FALSE, sizeof (gint16));

  return self;
}

void
cap_utterances_free (CapUtterances *self)
{
  g_return_if_fail (self != NULL);

  if (self->open)
    cap_decoder_end (self->decoder);
  cap_decoder_free (self->decoder);
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

/* The words before @cut, with their times and confidences. */
static GVariant *
list_words (CapUtterances *self, GPtrArray *words, gsize cut)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(sttd)"));
  for (guint i = 0; i < words->len; i++)
    {
      const CapWord *word = words->pdata[i];

      if (word->text != NULL && word->begin < cut)
        g_variant_builder_add (&list, "(sttd)", word->text, self->begin + word->begin,
                               self->begin + MIN (word->end, cut), CLAMP (word->probability, 0, 1));
    }
  return g_variant_builder_end (&list);
}

static void
emit_hypothesis (CapUtterances *self, GPtrArray *words, gsize cut, gboolean final)
{
  gsize begin = 0, end = cut;
  double confidence;
  g_autofree char *text = join_words (words, cut, &begin, &end, &confidence);
  CapRecognised recognised;

  if ((text[0] == '\0' && !self->said) || (!final && g_strcmp0 (text, self->text) == 0))
    return;

  recognised = (CapRecognised){
    .utterance = self->utterance,
    .begin = self->begin + begin,
    .end = self->begin + end,
    .text = text,
    .final = final,
    .confidence = final ? confidence : -1,
    .words = final ? list_words (self, words, cut) : NULL,
  };
  self->func (&recognised, self->user_data);

  self->said = TRUE;
  g_free (self->text);
  self->text = g_steal_pointer (&text);
}

/* utterances */

static void
open_utterance (CapUtterances *self, guint64 begin)
{
  self->open = TRUE;
  self->said = FALSE;
  self->utterance++;
  self->begin = begin;
  self->n_decoded = 0;
  g_clear_pointer (&self->text, g_free);
  cap_decoder_begin (self->decoder);
}

/* Decodes the audio in whole steps, or to its end. */
static void
decode (CapUtterances *self, gboolean to_the_end)
{
  gsize before = self->n_decoded;

  while (self->n_decoded < self->audio->len)
    {
      gsize n = MIN (STEP, self->audio->len - self->n_decoded);

      if (n < STEP && !to_the_end)
        break;
      cap_decoder_process (self->decoder,
                              &g_array_index (self->audio, gint16, self->n_decoded), n);
      self->n_decoded += n;
    }

  if (self->n_decoded > before && !to_the_end)
    {
      g_autoptr (GPtrArray) words = cap_decoder_get_words (self->decoder);

      emit_hypothesis (self, words, self->n_decoded, FALSE);
    }
}

static void
close_utterance (CapUtterances *self)
{
  g_autoptr (GPtrArray) words = NULL;

  decode (self, TRUE);
  cap_decoder_end (self->decoder);
  words = cap_decoder_get_words (self->decoder);
  emit_hypothesis (self, words, self->audio->len, TRUE);

  self->open = FALSE;
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
find_cut (CapUtterances *self, GPtrArray *words)
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

  return CLAMP (cut, MIN (earliest, end), end);
}

static void
cut_utterance (CapUtterances *self)
{
  g_autoptr (GPtrArray) words = NULL;
  gsize cut;

  decode (self, TRUE);
  cap_decoder_end (self->decoder);
  words = cap_decoder_get_words (self->decoder);
  cut = find_cut (self, words);
  emit_hypothesis (self, words, cut, TRUE);

  g_array_remove_range (self->audio, 0, cut);
  open_utterance (self, self->begin + cut);
  decode (self, FALSE);
}

/* public methods */

void
cap_utterances_begin (CapUtterances *self, guint64 position)
{
  g_return_if_fail (self != NULL);

  /* The utterance already continues after a cut. */
  if (self->open && position == self->expected)
    return;

  cap_utterances_finish (self);
  self->expected = position;
  g_array_set_size (self->audio, 0);
  open_utterance (self, position);
}

void
cap_utterances_feed (CapUtterances *self, guint64 position, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (samples != NULL || n_frames == 0);

  /* The audio in between was lost. */
  if (position != self->expected || !self->open)
    cap_utterances_begin (self, position);

  g_array_append_vals (self->audio, samples, n_frames);
  self->expected = position + n_frames;
  decode (self, FALSE);
  if (self->audio->len >= LONGEST)
    cut_utterance (self);
}

void
cap_utterances_end (CapUtterances *self, guint64 position, gboolean more)
{
  g_return_if_fail (self != NULL);

  if (!self->open)
    return;

  if (!more)
    {
      close_utterance (self);
      return;
    }

  cut_utterance (self);
  self->expected = position;
}

void
cap_utterances_finish (CapUtterances *self)
{
  g_return_if_fail (self != NULL);

  if (self->open)
    close_utterance (self);
}
