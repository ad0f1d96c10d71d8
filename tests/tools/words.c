/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/words.h"

#include <math.h>
#include <string.h>

/* A word is a start symbol, five digits of four bits, and a checksum. */
#define N_DIGITS 5
#define N_SYMBOLS (N_DIGITS + 2)
#define SYMBOL_MS 60
#define WORD_MS (N_SYMBOLS * SYMBOL_MS)

/* One tone more than a digit has values: each symbol moves one to sixteen tones on from
 * the last, so neighbouring tones always differ. All tones lie in the range of the voice,
 * below the limit of the lowest sample rate. */
#define N_TONES 17
#define LOWEST_TONE 500.
#define TONE_STEP 187.5

/* To avoid clicks, sound fades in and out at the ends of a word, and the pitch glides
 * from tone to tone in continuous phase. */
#define AMPLITUDE 0.5
#define RAMP_MS 4
#define GLIDE_MS 4

/* RMS of the noise: -60 dBFS. */
#define NOISE 0.001

/* The decoder measures loudness in hops. -50 dBFS is 10 dB above the noise, and 11 dB
 * below a word at -30 dB. */
#define HOP_MS 2
#define LOUD 1e-5

/* A quiet of this length ends a stretch of sound. A shorter stretch is a click. */
#define QUIET_MS 20
#define CLICK_MS 8

/* A word may differ by this much from its length, because the decoder hears more or less
 * of its ramps, and a resampler smears them. */
#define TOLERANCE_MS 10

/* In both halves of a symbol, one tone must hold this share of the power. The windows
 * keep clear of the glides. */
#define WINDOW_MS 24
#define MARGIN_MS 5
#define PURITY 0.7

/* The decoder keeps no more than this of a stretch of sound. */
#define LONGEST_MS (WORD_MS + TOLERANCE_MS + QUIET_MS + HOP_MS)

/* Consecutive numbers should sound different. So the encoder multiplies them by an odd
 * number, and the decoder by its inverse. */
#define SCATTER 0x9e375u

struct _Words
{
  guint rate;
  WordsFunc func;
  gpointer user_data;

  gint16 *hop;
  guint filled;     /* frames in the hop so far */
  guint64 position; /* of the first frame in the hop */

  gboolean open;    /* within a stretch of sound */
  guint64 begin, end; /* of the loud part of the stretch */
  float *sound;     /* first LONGEST_MS of the stretch */
  guint n_sound;

  guint n_window;
  float *window;
  float coefficients[N_TONES];
  double scale;     /* factor that gives a pure tone the purity 1 */
};

/* private: code */

static double
get_tone (guint tone)
{
  return LOWEST_TONE + TONE_STEP * tone;
}

static guint
get_inverse (void)
{
  guint inverse = SCATTER;

  /* Newton's method: each round doubles the number of correct bits. */
  for (guint i = 0; i < 5; i++)
    inverse *= 2 - SCATTER * inverse;

  return inverse;
}

/* Returns the CRC-4 of the digits. */
static guint
get_checksum (const guint *digits)
{
  guint sum = 0xa;

  for (guint i = 0; i < N_DIGITS; i++)
    {
      sum ^= digits[i];
      for (guint bit = 0; bit < 4; bit++)
        sum = (sum & 8) != 0 ? (sum << 1 ^ 3) & 15 : sum << 1;
    }

  return sum;
}

static void
encode (guint number, guint tones[N_SYMBOLS])
{
  guint digits[N_DIGITS + 1];
  guint scattered = number * SCATTER & (WORDS_COUNT - 1);

  for (guint i = 0; i < N_DIGITS; i++)
    digits[i] = scattered >> 4 * (N_DIGITS - 1 - i) & 15;
  digits[N_DIGITS] = get_checksum (digits);

  tones[0] = 0;
  for (guint i = 1; i < N_SYMBOLS; i++)
    tones[i] = (tones[i - 1] + 1 + digits[i - 1]) % N_TONES;
}

/* Returns -1 if the tones are not a valid word. */
static gint
decode (const guint tones[N_SYMBOLS])
{
  guint digits[N_DIGITS + 1];
  guint scattered = 0;

  if (tones[0] != 0)
    return -1;
  for (guint i = 1; i < N_SYMBOLS; i++)
    {
      if (tones[i] == tones[i - 1])
        return -1;
      digits[i - 1] = (tones[i] + N_TONES - tones[i - 1] - 1) % N_TONES;
    }
  if (digits[N_DIGITS] != get_checksum (digits))
    return -1;

  for (guint i = 0; i < N_DIGITS; i++)
    scattered = scattered << 4 | digits[i];
  return scattered * get_inverse () & (WORDS_COUNT - 1);
}

/* private: sound */

/* Returns the frequency in Hz at @frame of a word. */
static double
get_frequency (const guint tones[N_SYMBOLS], guint rate, guint frame)
{
  double at = frame * 1000. / rate / SYMBOL_MS;
  guint symbol = at, border = lrint (at);
  double into = (at - border) * SYMBOL_MS / GLIDE_MS + 0.5;

  if (into <= 0 || into >= 1 || border == 0 || border == N_SYMBOLS)
    return get_tone (tones[symbol]);
  return (1 - into) * get_tone (tones[border - 1]) + into * get_tone (tones[border]);
}

static double
get_envelope (guint rate, guint frame)
{
  guint ramp = rate / 1000 * RAMP_MS;
  guint from_end = MIN (frame, words_get_length (rate) - 1 - frame);

  return from_end < ramp ? (1 - cos (G_PI * from_end / ramp)) / 2 : 1;
}

static double
random_sample (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return *state / 2147483648. - 1;
}

/* private: the decoder */

static void
prepare_windows (Words *self)
{
  double sum = 0, squares = 0;

  self->n_window = self->rate / 1000 * WINDOW_MS;
  self->window = g_new (float, self->n_window);
  for (guint i = 0; i < self->n_window; i++)
    {
      self->window[i] = (1 - cos (2 * G_PI * (i + 0.5) / self->n_window)) / 2;
      sum += self->window[i];
      squares += self->window[i] * self->window[i];
    }
  self->scale = 2 * squares / (sum * sum);
  for (guint tone = 0; tone < N_TONES; tone++)
    self->coefficients[tone] = 2 * cos (2 * G_PI * get_tone (tone) / self->rate);
}

/* Returns the tone of a window, or N_TONES if no single tone dominates. */
static guint
find_tone (Words *self, const float *sound)
{
  float s1[N_TONES] = { 0 }, s2[N_TONES] = { 0 };
  double energy = 0;

  for (guint i = 0; i < self->n_window; i++)
    {
      float x = sound[i] * self->window[i];

      energy += x * x;
      for (guint tone = 0; tone < N_TONES; tone++)
        {
          float s = x + self->coefficients[tone] * s1[tone] - s2[tone];

          s2[tone] = s1[tone];
          s1[tone] = s;
        }
    }
  for (guint tone = 0; tone < N_TONES; tone++)
    {
      double power = s1[tone] * s1[tone] + s2[tone] * s2[tone]
                     - self->coefficients[tone] * s1[tone] * s2[tone];

      if (power * self->scale > PURITY * energy)
        return tone;
    }

  return N_TONES;
}

/* Returns the word, or -1 if the stretch is not a valid word. */
static gint
recognise (Words *self)
{
  gint64 frames = self->end - self->begin;
  gint64 ms = self->rate / 1000;
  gint64 begin = (frames - WORD_MS * ms) / 2;
  guint tones[N_SYMBOLS];

  if (ABS (frames - WORD_MS * ms) > TOLERANCE_MS * ms)
    return -1;

  for (guint i = 0; i < N_SYMBOLS; i++)
    {
      gint64 first = begin + (SYMBOL_MS * i + MARGIN_MS) * ms;
      gint64 second = begin + (SYMBOL_MS * (i + 1) - MARGIN_MS - WINDOW_MS) * ms;

      tones[i] = find_tone (self, self->sound + first);
      if (tones[i] == N_TONES || tones[i] != find_tone (self, self->sound + second))
        return -1;
    }

  return decode (tones);
}

static void
finish (Words *self)
{
  self->open = FALSE;
  if (self->end - self->begin >= CLICK_MS * self->rate / 1000)
    self->func (recognise (self), self->begin, self->end, self->user_data);
}

/* Keeps the hop for recognise(). */
static void
keep (Words *self)
{
  guint n = MIN (self->filled, LONGEST_MS * self->rate / 1000 - self->n_sound);

  for (guint i = 0; i < n; i++)
    self->sound[self->n_sound + i] = self->hop[i] / 32768.f;
  self->n_sound += n;
}

static void
look_at_hop (Words *self)
{
  double sum = 0;
  gboolean loud;

  for (guint i = 0; i < self->filled; i++)
    sum += (double) self->hop[i] * self->hop[i];
  loud = sum > LOUD * 32768. * 32768. * self->filled;

  if (loud && !self->open)
    {
      self->open = TRUE;
      self->begin = self->position;
      self->n_sound = 0;
    }
  if (self->open)
    keep (self);
  self->position += self->filled;
  self->filled = 0;
  if (loud)
    self->end = self->position;
  else if (self->open && self->position - self->end >= QUIET_MS * self->rate / 1000)
    finish (self);
}

/* public functions */

guint
words_get_length (guint rate)
{
  return rate / 1000 * WORD_MS;
}

void
words_fill_noise (gint16 *samples, gsize n_frames, guint32 *seed)
{
  /* The RMS of a uniform distribution is its width divided by the root of 12. */
  double gain = NOISE * 32768 * sqrt (3);

  for (gsize i = 0; i < n_frames; i++)
    samples[i] = lrint (gain * random_sample (seed));
}

void
words_add (gint16 *samples, guint rate, guint number)
{
  guint tones[N_SYMBOLS];
  double phase = 0;

  g_assert (number < WORDS_COUNT);

  encode (number, tones);
  for (guint i = 0; i < words_get_length (rate); i++)
    {
      phase += 2 * G_PI * get_frequency (tones, rate, i) / rate;
      samples[i] += lrint (AMPLITUDE * 32767 * get_envelope (rate, i) * sin (phase));
    }
}

GArray *
words_compose (const WordsPlan *plan, GArray **said)
{
  GArray *samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  g_autoptr (GRand) rand = g_rand_new_with_seed (plan->seed);
  guint32 noise = plan->seed;
  guint64 at = plan->lead * plan->rate;
  guint ms = plan->rate / 1000;
  guint left = plan->shortest > 0 ? g_rand_int_range (rand, plan->shortest, plan->longest + 1) : 0;

  *said = g_array_new (FALSE, FALSE, sizeof (WordsSaid));
  g_array_set_size (samples, plan->seconds * plan->rate);
  words_fill_noise ((gint16 *) samples->data, samples->len, &noise);

  for (guint number = plan->first; at + (WORD_MS + 500) * ms <= samples->len; number++)
    {
      WordsSaid word = { number, at, at + WORD_MS * ms };

      words_add ((gint16 *) samples->data + at, plan->rate, number);
      g_array_append_val (*said, word);
      at = word.end + g_rand_int_range (rand, WORDS_SHORTEST_GAP * ms, WORDS_LONGEST_GAP * ms + 1);
      if (left > 0 && --left == 0)
        {
          at = word.end + g_rand_double_range (rand, plan->least_pause, plan->most_pause) * plan->rate;
          left = g_rand_int_range (rand, plan->shortest, plan->longest + 1);
        }
    }

  return samples;
}

Words *
words_new (guint rate, WordsFunc func, gpointer user_data)
{
  Words *self = g_new0 (Words, 1);

  g_assert (rate >= 8000 && rate <= 48000 && rate % 1000 == 0);

  self->rate = rate;
  self->func = func;
  self->user_data = user_data;
  self->hop = g_new (gint16, rate / 1000 * HOP_MS);
  self->sound = g_new (float, rate / 1000 * LONGEST_MS);
  prepare_windows (self);

  return self;
}

void
words_free (Words *self)
{
  g_free (self->hop);
  g_free (self->sound);
  g_free (self->window);
  g_free (self);
}

void
words_feed (Words *self, const gint16 *samples, gsize n_frames)
{
  guint hop = self->rate / 1000 * HOP_MS;

  while (n_frames > 0)
    {
      guint n = MIN (n_frames, hop - self->filled);

      memcpy (self->hop + self->filled, samples, n * sizeof (gint16));
      self->filled += n;
      samples += n;
      n_frames -= n;
      if (self->filled == hop)
        look_at_hop (self);
    }
}

void
words_end (Words *self)
{
  if (self->filled > 0)
    look_at_hop (self);
  if (self->open)
    finish (self);
}
