/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "speech/voice.h"

#include <math.h>
#include <string.h>

/* The bands of a voice, each judged on its own: hum and rumble fill the low
 * bands and hiss the high ones, and a voice still stands out in the others. */
typedef struct
{
  float low, high; /* Hz */
  float margin;    /* dB above its lowest power of the last seconds that steady
                    * noise rarely exceeds; a narrow band fluctuates more */
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

/* The background of a band is its lowest power in the last 4 s: speech has a
 * gap in every band that often, and a new steady noise, such as a fan, counts
 * as background after that time. The minimum is stored for N_PARTS parts of
 * PART_BLOCKS blocks, so that the oldest part can be dropped. */
#define N_PARTS 8
#define PART_BLOCKS 50

/* The lowest power of a band, dBFS: 16 bits cannot express less, and without a
 * floor any sound after digital silence would look like speech. */
#define QUIETEST -96.f

/* The number of blocks that are judged together: enough to smooth fluctuating
 * noise, few enough that a click passes quickly. */
#define N_RECENT 3

/* The weight of the past in the smoothed power, for each block: about 60 ms. */
#define STEADY 0.85f

/* A drop in power by this factor is a new background, not a fluctuation. */
#define DROP 16.f

/* The most evidence (dB) that one band can give: a whistle fills one band, a
 * voice several. */
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
  float steady;           /* smoothed power */
  float least[N_PARTS];   /* lowest smoothed power of each part */
} BandState;

struct _CapVoice
{
  Biquad rumble;
  BandState bands[N_BANDS];
  guint part, block; /* the current part, and the block in it */
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

/* In digital silence the filters decay to denormal numbers, with which some
 * processors calculate a hundred times slower. */
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

  /* The background starts as silence, so that the first word of a stream stands
   * out. A steady noise does too, for the first seconds. */
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

/* Adds one block. Returns the mean power of the last N_RECENT blocks. */
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

/* By how many dB @power exceeds the background and its margin, at most MOST. */
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
  g_return_if_fail (self != NULL);

  g_free (self);
}

CapVoiceFrame
cap_voice_judge (CapVoice *self, const gint16 *samples)
{
  CapVoiceFrame frame = { 0 };
  float input[CAP_VOICE_FRAMES];

  g_return_val_if_fail (self != NULL, (CapVoiceFrame) { 0 });
  g_return_val_if_fail (samples != NULL, (CapVoiceFrame) { 0 });

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
