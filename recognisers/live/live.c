/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "live/live.h"

#include "common/token-words.h"
#include "live/agreement.h"
#include "live/guard.h"
#include "live/quiet.h"

#include <string.h>

#define FRAMES(seconds) ((gsize) ((seconds) * CAP_LIVE_RATE))

#define LONGEST_TEXT 8192    /* bytes, of the contract */
#define SHORTEST_STEP 0.7    /* seconds of new audio before the next decoding */
#define SETTLING 2.0         /* seconds of speech after a word that may change it */
#define SHORT_AUDIO 4.0      /* seconds; less is decoded hardly faster */
#define SHORTEST_SPEECH 0.2  /* seconds; less is a remainder of a word before a cut */
#define LONG_AUDIO 8.0       /* seconds after which audio is dropped at the end of a sentence */
#define LONGEST_AUDIO 12.0   /* or between any two words */
#define SHORTEST_DROP 1.0
#define LONGEST_UTTERANCE 20.0 /* if captiond does not end it */
#define SHORTEST_CUT 6.0     /* seconds of an utterance that is cut */
#define CUT_SHARE 0.75       /* of the audio, before which a cut would leave too much of it */
#define LONGEST_DECODING 4.0 /* seconds; captiond ends a program that is silent for ten */
#define LAST_PAUSE 1.0       /* seconds after a word that is surely complete */
#define LONGEST_PROMPT 200   /* characters */
#define SURE_OF_LANGUAGE 3.0 /* seconds of speech */
#define TOO_SLOW 1.0         /* seconds of a careful decoding; a full one takes five times that */

struct _CapLive
{
  const CapLiveFuncs *funcs;
  gpointer decoder;
  CapLiveFunc func;
  gpointer user_data;

  gboolean open;        /* there is an utterance */
  guint64 utterance;
  guint64 begin;        /* where the utterance begins */
  guint64 expected;     /* where the next audio is expected */
  GPtrArray *before;    /* CapTokenWord: words whose audio was dropped, in seconds from begin */
  CapAgreement *agreement; /* the words after those, in seconds from audio_begin */
  GArray *audio;        /* float, from audio_begin on */
  guint64 audio_begin;
  gsize fresh;          /* frames since the last decoding */
  double took;          /* seconds of that */
  double rate;          /* the same for each second of audio */
  /* Seconds of audio that are waiting, if it arrives as people speak: what the decodings
   * took, less the audio since. Until it is none, nothing but final text is decoded, so that
   * a delay never adds up. */
  double lag;
  char *prompt;         /* the text before the audio, or NULL */
  char *language;       /* of the utterance, or NULL */
  char *text;           /* of the last hypothesis, or NULL */
  guint settled;        /* of the last hypothesis */
};

/* lifecycle */

CapLive *
cap_live_new (const CapLiveFuncs *funcs, gpointer decoder, CapLiveFunc func, gpointer user_data)
{
  CapLive *self;

  g_return_val_if_fail (funcs != NULL && func != NULL, NULL);

  self = g_new0 (CapLive, 1);
  self->funcs = funcs;
  self->decoder = decoder;
  self->func = func;
  self->user_data = user_data;
  self->agreement = cap_agreement_new ();
  self->before = cap_agreement_take (self->agreement, 0, 0);
  self->audio = g_array_new (FALSE, FALSE, sizeof (float));
  return self;
}

void
cap_live_free (CapLive *self)
{
  g_return_if_fail (self != NULL);

  self->funcs->free (self->decoder);
  cap_agreement_free (self->agreement);
  g_ptr_array_unref (self->before);
  g_array_unref (self->audio);
  g_free (self->prompt);
  g_free (self->language);
  g_free (self->text);
  g_free (self);
}

CapDecoded *
cap_decoded_new (void)
{
  return g_new0 (CapDecoded, 1);
}

void
cap_decoded_free (CapDecoded *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_free (self->language);
  g_free (self);
}

/* hypotheses */

static double
get_seconds (CapLive *self)
{
  return (double) self->audio->len / CAP_LIVE_RATE;
}

static guint64
to_position (CapLive *self, guint64 origin, double seconds)
{
  return CLAMP (origin + FRAMES (MAX (seconds, 0)), self->begin, self->expected);
}

static void
append_word (GString *text, const CapTokenWord *word)
{
  if (text->len + 1 + strlen (word->text) > LONGEST_TEXT)
    return;
  if (word->spaced && text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, word->text);
}

/* The text up to the word @n of the audio. Sets the settled characters. */
static char *
join_words (CapLive *self, guint n, guint *settled)
{
  GPtrArray *words = cap_agreement_get_words (self->agreement);
  guint n_settled = cap_agreement_get_n_settled (self->agreement);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->before->len; i++)
    append_word (text, self->before->pdata[i]);
  for (guint i = 0; i < MIN (n, n_settled); i++)
    append_word (text, words->pdata[i]);
  *settled = g_utf8_strlen (text->str, text->len);
  for (guint i = n_settled; i < n; i++)
    append_word (text, words->pdata[i]);
  return g_string_free (text, FALSE);
}

typedef struct
{
  GVariantBuilder list;
  guint64 begin, end;
  double sum;
  guint n;
} Summary;

static void
summarise (CapLive *self, Summary *summary, guint64 origin, GPtrArray *words, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const CapTokenWord *word = words->pdata[i];
      guint64 begin = to_position (self, origin, word->begin), end = to_position (self, origin, word->end);

      if (summary->n++ == 0)
        summary->begin = begin;
      summary->end = MAX (end, summary->begin);
      summary->sum += MAX (word->probability, 0);
      g_variant_builder_add (&summary->list, "(sttd)", word->text, begin, end, word->probability);
    }
}

/* Sends the text up to the word @n of the audio, if it is news. */
static void
emit (CapLive *self, guint n, gboolean final)
{
  Summary summary = { .begin = self->begin, .end = self->begin };
  CapRecognised recognised = { .utterance = self->utterance, .final = final, .confidence = -1 };
  g_autoptr (GVariant) list = NULL;
  g_autofree char *text = join_words (self, n, &recognised.settled);
  gboolean same = g_strcmp0 (text, self->text) == 0 && recognised.settled == self->settled;

  if ((*text == '\0' && self->text == NULL) || (same && !final))
    return;

  g_variant_builder_init (&summary.list, G_VARIANT_TYPE ("a(sttd)"));
  summarise (self, &summary, self->begin, self->before, self->before->len);
  summarise (self, &summary, self->audio_begin, cap_agreement_get_words (self->agreement), n);
  list = g_variant_ref_sink (g_variant_builder_end (&summary.list));
  recognised.text = text;
  recognised.begin = summary.begin;
  recognised.end = summary.end;
  recognised.language = self->language;
  self->settled = recognised.settled;
  if (final)
    {
      recognised.settled = 0;
      recognised.confidence = summary.n > 0 ? summary.sum / summary.n : -1;
      recognised.words = list;
    }
  self->func (&recognised, self->user_data);

  g_free (self->text);
  self->text = g_steal_pointer (&text);
}

/* decoding */

static void
note_language (CapLive *self, CapDecoded *decoded)
{
  if (self->language != NULL || get_seconds (self) < SURE_OF_LANGUAGE)
    return;

  self->language = g_steal_pointer (&decoded->language);
}

/* Decodes the audio; what is invented or repeated changes nothing. */
static CapVerdict
decode (CapLive *self, CapEffort effort)
{
  g_autoptr (CapDecoded) decoded = NULL;
  CapVerdict verdict;

  decoded = self->funcs->decode (self->decoder, (const float *) self->audio->data, self->audio->len, effort,
                                 self->prompt, self->language);
  self->fresh = 0;
  if (decoded == NULL)
    return CAP_VERDICT_NOTHING;

  self->took = decoded->took;
  self->rate = decoded->took / MAX (get_seconds (self), SHORT_AUDIO);
  self->lag += decoded->took;
  cap_guard_trim (decoded->words);
  verdict = cap_guard_judge (&(CapClaim){ decoded->words, decoded->n_tokens, get_seconds (self),
                                          decoded->no_speech, decoded->log_probability },
                             effort != CAP_EFFORT_FULL);
  if (verdict == CAP_VERDICT_SPEECH)
    {
      cap_agreement_add (self->agreement, decoded->words, get_seconds (self) - SETTLING);
      note_language (self, decoded);
    }
  else if (verdict == CAP_VERDICT_LOOP)
    /* A prompt is a frequent cause of loops. */
    g_clear_pointer (&self->prompt, g_free);
  return verdict;
}

/* The last decoding of the audio: returns how many words it has. */
static guint
decode_last (CapLive *self)
{
  CapVerdict verdict;

  if (get_seconds (self) < SHORTEST_SPEECH)
    return cap_agreement_get_n_settled (self->agreement);

  verdict = decode (self, CAP_EFFORT_CAREFUL);
  if (verdict == CAP_VERDICT_LOOP && self->took < TOO_SLOW)
    verdict = decode (self, CAP_EFFORT_FULL);
  /* The last text that was no loop is the best one there is. */
  if (verdict == CAP_VERDICT_NOTHING)
    return cap_agreement_get_n_settled (self->agreement);
  return cap_agreement_get_words (self->agreement)->len;
}

/* dropping audio */

static double
get_gap (GPtrArray *words, guint i)
{
  return ((CapTokenWord *) words->pdata[i])->begin - ((CapTokenWord *) words->pdata[i - 1])->last;
}

/* The word from @from to @to that begins after the longest gap. */
static guint
find_gap (GPtrArray *words, guint from, guint to)
{
  guint best = from;

  for (guint i = from + 1; i <= to; i++)
    if (get_gap (words, i) > get_gap (words, best))
      best = i;
  return best;
}

/* How many settled words to drop: all sentences, or, of longer audio, the words before
 * the longest pause. 0 for none. */
static guint
find_drop (CapLive *self)
{
  GPtrArray *words = cap_agreement_get_words (self->agreement);
  guint last = cap_agreement_get_n_settled (self->agreement);

  if (words->len < 2 || last == 0)
    return 0;

  last = MIN (last, words->len - 1);
  for (guint i = last; i > 0; i--)
    if (cap_word_ends_sentence (words->pdata[i - 1]))
      return i;
  return get_seconds (self) >= LONGEST_AUDIO ? find_gap (words, 1, last) : 0;
}

/* The quietest frame between the word before @n and the word @n, not before @earliest if
 * that leaves any. */
static gsize
find_place (CapLive *self, guint n, double earliest)
{
  GPtrArray *words = cap_agreement_get_words (self->agreement);
  double from = n > 0 ? ((CapTokenWord *) words->pdata[n - 1])->last : 0;
  double to = n < words->len ? ((CapTokenWord *) words->pdata[n])->begin : get_seconds (self);
  gsize end = MIN (FRAMES (MAX (from, to)), self->audio->len);

  return cap_quiet_find ((const float *) self->audio->data, MIN (FRAMES (MAX (from, earliest)), end), end);
}

static void
drop_audio (CapLive *self, gsize n_frames)
{
  g_array_remove_range (self->audio, 0, n_frames);
  self->audio_begin += n_frames;
  self->fresh = MIN (self->fresh, self->audio->len);
}

/* The end of the text before the audio, from a word on. */
static void
set_prompt (CapLive *self, const char *text)
{
  glong length = g_utf8_strlen (text, -1);
  const char *tail = g_utf8_offset_to_pointer (text, MAX (length - LONGEST_PROMPT, 0));
  const char *blank = tail > text ? strchr (tail, ' ') : NULL;

  g_free (self->prompt);
  self->prompt = g_strdup (blank != NULL ? blank + 1 : tail);
}

static void
keep_words (CapLive *self, guint n, gsize place)
{
  g_autoptr (GPtrArray) words = cap_agreement_take (self->agreement, n, (double) place / CAP_LIVE_RATE);
  double offset = (double) (self->audio_begin - self->begin) / CAP_LIVE_RATE;

  for (guint i = 0; i < words->len; i++)
    {
      CapTokenWord *word = words->pdata[i];

      word->begin += offset;
      word->last += offset;
      word->end += offset;
    }
  g_ptr_array_extend_and_steal (self->before, g_steal_pointer (&words));
}

static void
drop_settled (CapLive *self)
{
  guint n = get_seconds (self) >= LONG_AUDIO ? find_drop (self) : 0;
  gsize place = n > 0 ? find_place (self, n, 0) : 0;
  g_autofree char *text = NULL;
  guint settled;

  if (place < FRAMES (SHORTEST_DROP))
    return;

  keep_words (self, n, place);
  drop_audio (self, place);
  text = join_words (self, 0, &settled);
  set_prompt (self, text);
}

/* utterances */

static void
next_utterance (CapLive *self)
{
  self->open = TRUE;
  self->utterance++;
  self->begin = self->audio_begin;
  self->settled = 0;
  g_ptr_array_set_size (self->before, 0);
  g_clear_pointer (&self->text, g_free);
}

static void
open_utterance (CapLive *self, guint64 position)
{
  self->audio_begin = self->expected = position;
  self->fresh = 0;
  g_array_set_size (self->audio, 0);
  cap_agreement_clear (self->agreement);
  g_clear_pointer (&self->prompt, g_free);
  g_clear_pointer (&self->language, g_free);
  next_utterance (self);
}

static void
close_utterance (CapLive *self)
{
  emit (self, decode_last (self), TRUE);
  self->open = FALSE;
}

/* cutting speech without a pause */

/* How many of the first @n words become final: settled words in any case, and the last
 * word only if it ended long ago. */
static guint
find_cut (CapLive *self, guint n)
{
  GPtrArray *words = cap_agreement_get_words (self->agreement);
  guint first = cap_agreement_get_n_settled (self->agreement);
  double seconds = get_seconds (self);

  if (n == 0 || n == first || seconds - ((CapTokenWord *) words->pdata[n - 1])->end >= LAST_PAUSE)
    return n;

  first = MAX (first, 1);
  while (first < n - 1 && ((CapTokenWord *) words->pdata[first])->begin < CUT_SHARE * seconds)
    first++;
  return first < n ? find_gap (words, first, n - 1) : first;
}

/* Seconds of the audio that are not decoded again in any case. If nothing is known of the
 * audio after the settled words, as little as possible. */
static double
get_earliest (CapLive *self, guint cut)
{
  double seconds = get_seconds (self);

  if (cut > 0 && cut == cap_agreement_get_n_settled (self->agreement))
    return seconds - LONGEST_AUDIO;
  return CUT_SHARE * seconds;
}

static void
cut_utterance (CapLive *self)
{
  guint n = decode_last (self);
  guint cut = find_cut (self, n);
  gsize place = find_place (self, cut, get_earliest (self, cut));
  g_autoptr (GPtrArray) taken = NULL;
  GPtrArray *words = cap_agreement_get_words (self->agreement);

  /* The next utterance begins at or after the end of this one. */
  for (guint i = 0; i < cut; i++)
    {
      CapTokenWord *word = words->pdata[i];

      word->begin = MIN (word->begin, (double) place / CAP_LIVE_RATE);
      word->end = MIN (word->end, (double) place / CAP_LIVE_RATE);
    }
  emit (self, cut, TRUE);
  taken = cap_agreement_take (self->agreement, cut, (double) place / CAP_LIVE_RATE);
  drop_audio (self, place);
  /* After half a sentence as a prompt, Whisper often skips the first words. */
  g_clear_pointer (&self->prompt, g_free);
  next_utterance (self);
}

/* Slow decoders get shorter utterances. */
static gboolean
is_too_long (CapLive *self)
{
  double longest = CLAMP (LONGEST_DECODING / MAX (self->rate, 0.01), SHORTEST_CUT, LONGEST_UTTERANCE);

  return self->expected - self->begin >= FRAMES (LONGEST_UTTERANCE) || get_seconds (self) >= longest;
}

/* public */

void
cap_live_begin (CapLive *self, guint64 position)
{
  g_return_if_fail (self != NULL);

  /* The utterance already continues after a cut. */
  if (self->open && position == self->expected)
    return;

  cap_live_finish (self);
  open_utterance (self, position);
}

void
cap_live_feed (CapLive *self, guint64 position, const float *samples, gsize n_frames)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (samples != NULL || n_frames == 0);

  /* The audio in between was lost. */
  if (position != self->expected || !self->open)
    cap_live_begin (self, position);
  if (n_frames == 0)
    return;

  g_array_append_vals (self->audio, samples, n_frames);
  self->expected = position + n_frames;
  self->fresh += n_frames;
  self->lag = MAX (self->lag - (double) n_frames / CAP_LIVE_RATE, 0);
  if (self->fresh < FRAMES (SHORTEST_STEP))
    return;

  if (is_too_long (self))
    cut_utterance (self);
  else if (self->lag == 0 && decode (self, CAP_EFFORT_QUICK) == CAP_VERDICT_SPEECH)
    {
      emit (self, cap_agreement_get_words (self->agreement)->len, FALSE);
      drop_settled (self);
    }
}

void
cap_live_end (CapLive *self, guint64 position, gboolean more)
{
  g_return_if_fail (self != NULL);

  if (!self->open)
    return;

  if (more)
    cut_utterance (self);
  else
    close_utterance (self);
}

void
cap_live_finish (CapLive *self)
{
  g_return_if_fail (self != NULL);

  if (self->open)
    close_utterance (self);
}
