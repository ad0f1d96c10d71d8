/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/voice.h"

#include <math.h>
#include <string.h>

/* What voice is made of, in bands that are judged apart: hum and rumble fill
 * the low ones, hiss the high ones, and a voice is heard in the rest. */
typedef struct
{
  float low, high; /* Hz */
  float margin;    /* dB above the least power of some seconds that a steady
                    * noise hardly ever reaches; a narrow band wavers more */
} Band;

static const Band bands[] = {
  { 120, 300, 7 },
  { 300, 600, 6 },
  { 600, 1200, 5 },
  { 1200, 2400, 4 },
  { 2400, 4500, 3 },
  { 4500, 9000, 3 },
};

#define N_BANDS G_N_ELEMENTS (bands)

/* The background of a band is its least power in the last 4 s: speech has
 * that many gaps in each band, and a fan is a background after that time. The
 * least is kept in parts, so that old ones can be forgotten. */
#define N_PARTS 8
#define PART_BLOCKS 50

/* Nothing is quieter than this, dBFS in a band: 16 bits end there, and after
 * digital silence everything would stand out of nothing. */
#define QUIETEST -96.f

/* Blocks that are judged together: enough to smooth the wavering of noise,
 * and a click is over after them. */
#define N_RECENT 3

/* How much of the past the background keeps in each block: some 60 ms. */
#define STEADY 0.85f

/* A drop by so much is not a wavering of the background but another one. */
#define DROP 16.f

/* No band says more than this, dB: one whistle is not a voice. */
#define MOST 12.f

typedef struct
{
  float b0, b1, b2, a1, a2;
  float z1, z2;
} Biquad;

typedef struct
{
  Biquad filters[4];
  float recent[N_RECENT]; /* power of the last blocks, oldest first */
  float steady;
  float least[N_PARTS];   /* power, of each part of the last seconds */
} BandState;

struct _CapVoice
{
  Biquad rumble;
  BandState bands[N_BANDS];
  guint part, block; /* where in least, and where in that part */
};

/* private: filters */

/* Second order Butterworth, by the bilinear transform. */
static void
biquad_init (Biquad *self, float frequency, gboolean high_pass)
{
  double w = 2 * G_PI * frequency / CAP_AUDIO_RATE;
  double alpha = sin (w) * G_SQRT2 / 2;
  double a0 = 1 + alpha;
  double edge = high_pass ? 1 + cos (w) : 1 - cos (w);

  self->b0 = self->b2 = edge / 2 / a0;
  self->b1 = (high_pass ? -edge : edge) / a0;
  self->a1 = -2 * cos (w) / a0;
  self->a2 = (1 - alpha) / a0;
}

static inline float
biquad_run (Biquad *self, float x)
{
  float y = self->b0 * x + self->z1;

  self->z1 = self->b1 * x - self->a1 * y + self->z2;
  self->z2 = self->b2 * x - self->a2 * y;

  return y;
}

/* Digital silence lets the filters decay into denormal numbers, which some
 * processors compute a hundred times slower. */
static void
biquad_settle (Biquad *self)
{
  if (fabsf (self->z1) < 1e-15f)
    self->z1 = 0;
  if (fabsf (self->z2) < 1e-15f)
    self->z2 = 0;
}

/* private: bands */

static float
to_db (float power)
{
  return 10 * log10f (power);
}

static void
band_init (BandState *self, const Band *band)
{
  float quietest = powf (10, QUIETEST / 10);

  biquad_init (&self->filters[0], band->low, TRUE);
  biquad_init (&self->filters[1], band->low, TRUE);
  biquad_init (&self->filters[2], band->high, FALSE);
  biquad_init (&self->filters[3], band->high, FALSE);

  /* Before anything was heard the background is silence: the first word of a
   * stream stands out, and so does a noise, for the first seconds. */
  self->steady = quietest;
  for (guint i = 0; i < N_PARTS; i++)
    self->least[i] = quietest;
}

static float
band_measure (BandState *self, const float *samples)
{
  float power = 0;

  for (guint i = 0; i < CAP_VOICE_FRAMES; i++)
    {
      float x = samples[i];

      for (guint f = 0; f < G_N_ELEMENTS (self->filters); f++)
        x = biquad_run (&self->filters[f], x);
      power += x * x;
    }
  for (guint f = 0; f < G_N_ELEMENTS (self->filters); f++)
    biquad_settle (&self->filters[f]);

  return MAX (power / CAP_VOICE_FRAMES, powf (10, QUIETEST / 10));
}

/* Takes in one block; returns the power of the recent ones. */
static float
band_remember (BandState *self, float power, guint part)
{
  float sum = 0;

  memmove (self->recent, self->recent + 1, (N_RECENT - 1) * sizeof (float));
  self->recent[N_RECENT - 1] = power;
  for (guint i = 0; i < N_RECENT; i++)
    sum += self->recent[i];

  self->steady += (1 - STEADY) * (power - self->steady);
  self->steady = MIN (self->steady, power * DROP);
  self->least[part] = MIN (self->least[part], self->steady);

  return sum / N_RECENT;
}

/* By how many dB @power stands out of the background. */
static float
band_judge (BandState *self, const Band *band, float power)
{
  float least = self->least[0];

  for (guint i = 1; i < N_PARTS; i++)
    least = MIN (least, self->least[i]);

  return CLAMP (to_db (power / least) - band->margin, 0, MOST);
}

/* public methods */

CapVoice *
cap_voice_new (void)
{
  CapVoice *self = g_new0 (CapVoice, 1);

  biquad_init (&self->rumble, bands[0].low, TRUE);
  for (guint i = 0; i < N_BANDS; i++)
    band_init (&self->bands[i], &bands[i]);

  return self;
}

void
cap_voice_free (CapVoice *self)
{
  g_free (self);
}

CapVoiceFrame
cap_voice_judge (CapVoice *self, const gint16 *samples)
{
  CapVoiceFrame frame = { 0 };
  float input[CAP_VOICE_FRAMES];

  for (guint i = 0; i < CAP_VOICE_FRAMES; i++)
    input[i] = biquad_run (&self->rumble, samples[i] / 32768.f);
  biquad_settle (&self->rumble);

  if (++self->block == PART_BLOCKS)
    {
      self->block = 0;
      self->part = (self->part + 1) % N_PARTS;
      for (guint i = 0; i < N_BANDS; i++)
        self->bands[i].least[self->part] = G_MAXFLOAT;
    }

  for (guint i = 0; i < N_BANDS; i++)
    {
      float power = band_measure (&self->bands[i], input);

      power = band_remember (&self->bands[i], power, self->part);
      frame.evidence += band_judge (&self->bands[i], &bands[i], power);
      frame.power += power;
    }

  return frame;
}
