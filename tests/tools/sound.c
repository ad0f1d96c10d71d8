/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/sound.h"

#include <gio/gio.h>
#include <math.h>
#include <speex/speex_resampler.h>
#include <string.h>

#define LIBRIVOX "/usr/share/pocketsphinx/test/data/librivox"

/* private */

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
list_folder (GPtrArray *paths, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".wav"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
}

static guint32
read_le (const char *data, guint bytes)
{
  guint32 value = 0;

  while (bytes-- > 0)
    value = value << 8 | (guint8) data[bytes];

  return value;
}

static Sound *
resample (const gint16 *samples, guint32 n, guint32 rate)
{
  SpeexResamplerState *resampler = speex_resampler_init (1, rate, CAP_AUDIO_RATE, 8, NULL);
  guint32 n_out = (guint64) n * CAP_AUDIO_RATE / rate;
  g_autofree float *in = g_new (float, n);
  Sound *self = sound_new_silence (n_out);

  for (guint32 i = 0; i < n; i++)
    in[i] = samples[i] / 32768.f;
  speex_resampler_skip_zeros (resampler);
  speex_resampler_process_float (resampler, 0, in, &n, self->samples, &n_out);
  speex_resampler_destroy (resampler);

  return self;
}

static float
random_sample (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return *state / 2147483648.f - 1;
}

/* public functions */

GPtrArray *
sound_list_speech (void)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const char *folder = g_getenv ("CAPTIOND_TEST_SPEECH");

  list_folder (paths, LIBRIVOX);
  if (folder != NULL)
    list_folder (paths, folder);
  g_ptr_array_sort (paths, compare_paths);

  return paths;
}

Sound *
sound_load (const char *path, GError **error)
{
  g_autofree char *data = NULL;
  gsize length, offset = 12;
  guint32 rate = 0;

  if (!g_file_get_contents (path, &data, &length, error))
    return NULL;

  while (offset + 8 <= length)
    {
      const char *chunk = data + offset;
      guint32 size = MIN (read_le (chunk + 4, 4), length - offset - 8);

      if (memcmp (chunk, "fmt ", 4) == 0 && size >= 16 && read_le (chunk + 10, 2) == 1)
        rate = read_le (chunk + 12, 4);
      if (memcmp (chunk, "data", 4) == 0 && rate > 0)
        {
          g_autofree gint16 *aligned = g_memdup2 (chunk + 8, size);
          return resample (aligned, size / sizeof (gint16), rate);
        }
      offset += 8 + size + size % 2;
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: not a mono sound file", path);
  return NULL;
}

Sound *
sound_new_silence (gsize n)
{
  Sound *self = g_malloc0 (sizeof (Sound) + n * sizeof (float));

  self->n = n;
  return self;
}

Sound *
sound_new_white (gsize n, guint32 seed)
{
  Sound *self = sound_new_silence (n);

  for (gsize i = 0; i < n; i++)
    self->samples[i] = (random_sample (&seed) + random_sample (&seed)) / 2;

  return self;
}

Sound *
sound_new_pink (gsize n, guint32 seed)
{
  Sound *self = sound_new_white (n, seed);
  float a = 0, b = 0, c = 0;

  /* Paul Kellet's economy filter turns white noise into pink noise. */
  for (gsize i = 0; i < n; i++)
    {
      float white = self->samples[i];

      a = 0.99765f * a + white * 0.0990460f;
      b = 0.96300f * b + white * 0.2965164f;
      c = 0.57000f * c + white * 1.0526913f;
      self->samples[i] = (a + b + c + white * 0.1848f) / 8;
    }

  return self;
}

Sound *
sound_new_fan (gsize n, guint32 seed)
{
  Sound *self = sound_new_white (n, seed);
  float pace = 1 - expf (-2 * G_PI * 200 / CAP_AUDIO_RATE);
  float a = 0, b = 0;

  for (gsize i = 0; i < n; i++)
    {
      a += pace * (self->samples[i] - a);
      b += pace * (a - b);
      self->samples[i] = b * 4;
    }

  return self;
}

Sound *
sound_new_hum (gsize n, double frequency)
{
  Sound *self = sound_new_silence (n);

  for (guint k = 1; k <= 12; k++)
    for (gsize i = 0; i < n; i++)
      self->samples[i] += 0.25 / k * sin (2 * G_PI * frequency * k * i / CAP_AUDIO_RATE + k * k);

  return self;
}

/* One syllable: a hiss, then harmonics of @pitch with peaks around 600 and 1800 Hz. */
static void
add_syllable (Sound *self, gsize begin, gsize n, double pitch, guint32 *seed)
{
  gsize hiss = n / 5;
  float *samples = self->samples + begin;

  n = MIN (n, self->n - begin);
  for (gsize i = 0; i < MIN (hiss, n); i++)
    samples[i] += 0.03 * random_sample (seed);

  for (guint k = 1; k * pitch < 3000; k++)
    {
      double gain = 0.1 * exp (-pow ((k * pitch - 600) / 300, 2))
                    + 0.05 * exp (-pow ((k * pitch - 1800) / 400, 2));

      for (gsize i = hiss; i < n; i++)
        samples[i] += gain * sin (G_PI * (i - hiss) / (n - hiss))
                      * sin (2 * G_PI * pitch * k * i / CAP_AUDIO_RATE);
    }
}

Sound *
sound_new_voice (gsize n, guint32 seed)
{
  const gsize phrase = CAP_AUDIO_MS (2000), rest = CAP_AUDIO_MS (1000);
  Sound *self = sound_new_silence (n);
  gsize position = 0;

  while (position < n)
    {
      gsize length = CAP_AUDIO_MS (180) + random_sample (&seed) * CAP_AUDIO_MS (60);
      gsize gap = CAP_AUDIO_MS (50) + random_sample (&seed) * CAP_AUDIO_MS (30);

      add_syllable (self, position, length, 120 + 30 * random_sample (&seed), &seed);
      position += length + gap;
      if (position % (phrase + rest) > phrase)
        position += phrase + rest - position % (phrase + rest);
    }

  return self;
}

Sound *
sound_new_strings (gsize n, guint32 seed)
{
  static const guint8 steps[] = { 0, 4, 7, 12, 16, 19 };
  const gsize bar = CAP_AUDIO_MS (1600);
  Sound *self = sound_new_silence (n);
  double root = 0;

  for (gsize i = 0; i < n; i++)
    {
      double sum = 0;

      if (i % bar == 0)
        root = 110 * pow (2, (int) (random_sample (&seed) * 6) / 12.);
      for (guint k = 0; k < G_N_ELEMENTS (steps); k++)
        {
          double w = 2 * G_PI * root * pow (2, steps[k] / 12.) * i / CAP_AUDIO_RATE;

          sum += (sin (w) + 0.5 * sin (2 * w) + 0.3 * sin (3 * w) + 0.2 * sin (5 * w)) / (k + 2);
        }
      self->samples[i] = 0.15 * sum;
    }

  return self;
}

Sound *
sound_new_music (gsize n, guint32 seed)
{
  const gsize beat = CAP_AUDIO_MS (400);
  Sound *self = sound_new_strings (n, seed);

  for (gsize i = 0; i < n; i++)
    {
      double t = (double) (i % beat) / CAP_AUDIO_RATE;

      self->samples[i] *= 0.5 + 0.5 * exp (-t * 4);
      self->samples[i] += 0.15 * random_sample (&seed) * exp (-t * 30);
    }

  return self;
}

void
sound_free (Sound *self)
{
  g_free (self);
}

double
sound_get_level (const Sound *self, gsize begin, gsize end)
{
  double sum = 0;

  for (gsize i = begin; i < end; i++)
    sum += self->samples[i] * self->samples[i];

  return 10 * log10 (sum / (end - begin) + 1e-12);
}

double
sound_get_peak (const Sound *self)
{
  double peak = 1e-6;

  for (gsize i = 0; i < self->n; i++)
    peak = MAX (peak, fabs (self->samples[i]));

  return 20 * log10 (peak);
}

void
sound_amplify (Sound *self, double db)
{
  float gain = pow (10, db / 20);

  for (gsize i = 0; i < self->n; i++)
    self->samples[i] *= gain;
}

void
sound_add (Sound *self, gsize position, const Sound *other, double db)
{
  float gain = pow (10, db / 20);

  g_assert_cmpuint (position + other->n, <=, self->n);
  for (gsize i = 0; i < other->n; i++)
    self->samples[position + i] += gain * other->samples[i];
}

gint16 *
sound_to_pcm (const Sound *self)
{
  gint16 *pcm = g_new (gint16, self->n);

  for (gsize i = 0; i < self->n; i++)
    pcm[i] = CLAMP (lrintf (self->samples[i] * 32767), -32768, 32767);

  return pcm;
}
