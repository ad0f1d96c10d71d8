/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sherpa-onnx/recognition.h"

#include "common/token-words.h"
#include "sherpa-onnx/casing.h"

#include <string.h>

#define LONGEST_TEXT 8192   /* bytes, of the contract */
#define LONGEST_CARRY 3.0   /* seconds before a cut that are searched for a pause */
#define CLEAR_PAUSE 0.3     /* seconds without a token, so that a new stream may begin in it */
#define LAST_PAUSE 1.0      /* seconds after a word that is surely complete */
#define LONGEST_UTTERANCE 20 /* seconds, if captiond does not end it */
/* Seconds after which a new stream begins in the next clear pause, or in any: results
 * repeat the text of the whole stream, so that each would cost more than the last. */
#define LONG_STREAM 60
#define LONGEST_STREAM 180

/* One stream of the model may hear several utterances. At a cut, the words before it
 * become final, and the stream goes on, so that no word is lost or heard twice. */
struct _CapRecognition
{
  CapHearing *hearing;
  char *language;
  gboolean capitals;
  CapRecognitionFunc func;
  gpointer user_data;

  gboolean open;       /* somebody speaks */
  guint64 origin;      /* where the model's stream began */
  guint64 expected;    /* where the next audio is expected */
  guint n_final;       /* words of the stream that are final */
  GArray *audio;       /* float, from audio_begin on */
  guint64 audio_begin; /* the utterance begins here */
  guint64 utterance;
  gboolean said;       /* the utterance has a hypothesis */
  gboolean continues;  /* the utterance goes on with the sentence of the one before */
  char *text;          /* of the last hypothesis */
};

/* lifecycle */

CapRecognition *
cap_recognition_new (CapHearing *hearing, const char *language, gboolean capitals, CapRecognitionFunc func,
                     gpointer user_data)
{
  CapRecognition *self;

  g_return_val_if_fail (hearing != NULL && func != NULL, NULL);

  self = g_new0 (CapRecognition, 1);
  self->hearing = hearing;
  self->language = g_strdup (language);
  self->capitals = capitals;
  self->func = func;
  self->user_data = user_data;
  self->audio = g_array_new (FALSE, FALSE, sizeof (float));
  return self;
}

CapRecognition *
cap_recognition_new_beside (CapRecognition *other, CapRecognitionFunc func, gpointer user_data)
{
  g_return_val_if_fail (other != NULL, NULL);

  return cap_recognition_new (cap_hearing_new_beside (other->hearing), other->language, other->capitals, func,
                              user_data);
}

void
cap_recognition_free (CapRecognition *self)
{
  g_return_if_fail (self != NULL);

  cap_hearing_free (self->hearing);
  g_array_unref (self->audio);
  g_free (self->language);
  g_free (self->text);
  g_free (self);
}

CapHearing *
cap_recognition_get_hearing (CapRecognition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->hearing;
}

/* positions */

static guint64
to_position (CapRecognition *self, double seconds)
{
  guint64 position = self->origin + (guint64) (MAX (seconds, 0) * cap_hearing_get_rate (self->hearing) + 0.5);

  return CLAMP (position, self->audio_begin, self->expected);
}

static double
to_seconds (CapRecognition *self, guint64 n_frames)
{
  return (double) n_frames / cap_hearing_get_rate (self->hearing);
}

/* hypotheses */

static gboolean
need_case (CapRecognition *self, GPtrArray *words)
{
  gboolean small = !self->capitals;

  for (guint i = 0; i < words->len && !small; i++)
    small = cap_casing_has_small (((CapTokenWord *) words->pdata[i])->text);
  return !small;
}

/* Gives words from a model of capitals a case, from the one at @first on. */
static void
case_words (CapRecognition *self, GPtrArray *words, guint first)
{
  if (!need_case (self, words))
    return;

  for (guint i = first; i < words->len; i++)
    {
      CapTokenWord *word = words->pdata[i];
      char *cased = cap_casing_lower_word (word->text, self->language, i == first && !self->continues);

      g_free (word->text);
      word->text = cased;
    }
}

/* The words from @first to before @end, as text that fits the contract. Sets the
 * characters before the last word, which do not change any more. */
static char *
join_words (GPtrArray *words, guint first, guint end, guint *settled)
{
  GString *text = g_string_new (NULL);

  *settled = 0;
  for (guint i = first; i < end; i++)
    {
      const CapTokenWord *word = words->pdata[i];

      if (text->len + 1 + strlen (word->text) > LONGEST_TEXT)
        break;
      *settled = g_utf8_strlen (text->str, text->len);
      if (word->spaced && text->len > 0)
        g_string_append_c (text, ' ');
      g_string_append (text, word->text);
    }
  return g_string_free (text, FALSE);
}

static GVariant *
list_words (CapRecognition *self, GPtrArray *words, guint end)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(sttd)"));
  for (guint i = self->n_final; i < end; i++)
    {
      const CapTokenWord *word = words->pdata[i];

      g_variant_builder_add (&list, "(sttd)", word->text, to_position (self, word->begin),
                             to_position (self, word->end), word->probability);
    }
  return g_variant_builder_end (&list);
}

/* The mean of the words, or negative if it is unknown. */
static double
get_confidence (GPtrArray *words, guint first, guint end)
{
  double sum = 0;

  for (guint i = first; i < end; i++)
    {
      double probability = ((CapTokenWord *) words->pdata[i])->probability;

      if (probability < 0)
        return -1;
      sum += probability;
    }
  return end > first ? sum / (end - first) : -1;
}

/* Sends the words of the utterance before @end, if they are news. */
static void
emit_words (CapRecognition *self, GPtrArray *words, guint end, gboolean final)
{
  CapRecognised recognised = { .utterance = self->utterance, .final = final, .confidence = -1 };
  g_autofree char *text = NULL;

  case_words (self, words, self->n_final);
  text = join_words (words, self->n_final, end, &recognised.settled);
  if ((*text == '\0' && !self->said) || (!final && g_strcmp0 (text, self->text) == 0))
    return;

  recognised.text = text;
  recognised.begin = recognised.end = self->audio_begin;
  if (end > self->n_final)
    {
      recognised.begin = to_position (self, ((CapTokenWord *) words->pdata[self->n_final])->begin);
      recognised.end = to_position (self, ((CapTokenWord *) words->pdata[end - 1])->end);
    }
  if (final)
    {
      recognised.settled = 0;
      recognised.confidence = get_confidence (words, self->n_final, end);
      recognised.words = list_words (self, words, end);
    }
  self->func (&recognised, self->user_data);

  self->said = TRUE;
  g_free (self->text);
  self->text = g_steal_pointer (&text);
}

/* utterances */

static void
next_utterance (CapRecognition *self, gboolean continues)
{
  self->utterance++;
  self->said = FALSE;
  self->continues = continues;
  g_clear_pointer (&self->text, g_free);
}

static void
open_utterance (CapRecognition *self, guint64 position)
{
  self->open = TRUE;
  self->origin = self->audio_begin = self->expected = position;
  self->n_final = 0;
  g_array_set_size (self->audio, 0);
  cap_hearing_begin (self->hearing);
  next_utterance (self, FALSE);
}

static void
close_utterance (CapRecognition *self)
{
  g_autoptr (GPtrArray) words = NULL;

  cap_hearing_end (self->hearing);
  words = cap_hearing_get_words (self->hearing, TRUE);
  emit_words (self, words, MAX (words->len, self->n_final), TRUE);
  self->open = FALSE;
}

/* cutting speech without a pause */

/* Seconds of the stream that the model has certainly heard. */
static double
get_heard (CapRecognition *self)
{
  gsize tail = cap_hearing_get_tail (self->hearing);

  return to_seconds (self, self->expected - self->origin) - to_seconds (self, tail);
}

/* The number of words before the longest pause of the last seconds. The last word may
 * be incomplete, unless it ended long ago. At least the words that are final. */
static guint
find_cut (CapRecognition *self, GPtrArray *words, double *pause)
{
  double heard = get_heard (self);
  const CapTokenWord *last = words->len > 0 ? words->pdata[words->len - 1] : NULL;
  guint cut = MIN (self->n_final, words->len);

  *pause = 0;
  if (last == NULL || words->len <= self->n_final)
    return cut;
  if (heard - last->last >= LAST_PAUSE)
    {
      *pause = heard - last->last;
      return words->len;
    }

  for (guint i = words->len - 1; i > self->n_final; i--)
    {
      const CapTokenWord *before = words->pdata[i - 1], *after = words->pdata[i];

      if (cut > self->n_final && after->begin < heard - LONGEST_CARRY)
        break;
      if (after->begin - before->last > *pause || cut == self->n_final)
        {
          cut = i;
          *pause = after->begin - before->last;
        }
    }
  return cut;
}

/* The quietest place between the last token of the word before the cut and the first
 * token of the word after it. If that one is not known yet, it may begin in the audio
 * that the model has not heard completely. */
static guint64
find_quiet (CapRecognition *self, GPtrArray *words, guint cut)
{
  gsize window = cap_hearing_get_rate (self->hearing) / 20;
  double from = cut > 0 ? ((CapTokenWord *) words->pdata[cut - 1])->last : 0;
  double to = cut < words->len ? ((CapTokenWord *) words->pdata[cut])->begin : get_heard (self) - CLEAR_PAUSE;
  gsize begin, end, best;
  double least = G_MAXDOUBLE;

  begin = to_position (self, MAX (from, to - LONGEST_CARRY)) - self->audio_begin;
  end = to_position (self, MAX (from, to)) - self->audio_begin;
  best = (begin + end) / 2;
  for (gsize i = begin; i + window <= end; i += window / 2)
    {
      double sum = 0;

      for (gsize j = i; j < i + window; j++)
        sum += (double) g_array_index (self->audio, float, j) * g_array_index (self->audio, float, j);
      if (sum < least)
        {
          least = sum;
          best = i + window / 2;
        }
    }
  return self->audio_begin + best;
}

/* Lets a new stream of the model hear the audio after the cut again. */
static void
renew_stream (CapRecognition *self)
{
  self->origin = self->audio_begin;
  self->n_final = 0;
  cap_hearing_begin (self->hearing);
  if (self->audio->len > 0)
    cap_hearing_feed (self->hearing, (const float *) self->audio->data, self->audio->len);
}

/* A text must end where the audio of the next utterance begins, or before. */
static void
limit_end (CapRecognition *self, CapTokenWord *word, guint64 place)
{
  word->end = CLAMP (to_seconds (self, place - self->origin), word->begin, word->end);
}

static void
cut_utterance (CapRecognition *self)
{
  g_autoptr (GPtrArray) words = cap_hearing_get_words (self->hearing, TRUE);
  double pause, age = to_seconds (self, self->expected - self->origin);
  guint cut = find_cut (self, words, &pause);
  guint64 place = find_quiet (self, words, cut);

  if (cut > self->n_final)
    {
      limit_end (self, words->pdata[cut - 1], place);
      emit_words (self, words, cut, TRUE);
      next_utterance (self, TRUE);
    }
  /* A result may have fewer words than the one before, and none is final twice. */
  self->n_final = MAX (self->n_final, cut);
  g_array_remove_range (self->audio, 0, place - self->audio_begin);
  self->audio_begin = place;

  if (age >= LONGEST_STREAM || (age >= LONG_STREAM && (pause >= CLEAR_PAUSE || words->len == 0)))
    renew_stream (self);
}

/* public */

void
cap_recognition_begin (CapRecognition *self, guint64 position)
{
  g_return_if_fail (self != NULL);

  /* The utterance already continues after a cut. */
  if (self->open && position == self->expected)
    return;

  cap_recognition_finish (self);
  open_utterance (self, position);
}

void
cap_recognition_feed (CapRecognition *self, guint64 position, const float *samples, gsize n_frames)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (samples != NULL || n_frames == 0);

  /* The audio in between was lost. */
  if (position != self->expected || !self->open)
    cap_recognition_begin (self, position);
  if (n_frames == 0)
    return;

  g_array_append_vals (self->audio, samples, n_frames);
  self->expected = position + n_frames;
  if (cap_hearing_feed (self->hearing, samples, n_frames))
    {
      g_autoptr (GPtrArray) words = cap_hearing_get_words (self->hearing, FALSE);

      emit_words (self, words, words->len, FALSE);
    }
  if (self->audio->len >= (gsize) LONGEST_UTTERANCE * cap_hearing_get_rate (self->hearing))
    cut_utterance (self);
}

void
cap_recognition_end (CapRecognition *self, guint64 position, gboolean more)
{
  g_return_if_fail (self != NULL);

  if (!self->open)
    return;

  if (!more)
    close_utterance (self);
  else
    cut_utterance (self);
}

void
cap_recognition_finish (CapRecognition *self)
{
  g_return_if_fail (self != NULL);

  if (self->open)
    close_utterance (self);
}
