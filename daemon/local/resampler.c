/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/resampler.h"

#include "base/audio.h"

#include <speex/speex_resampler.h>

/* For speexdsp: one step above its "desktop" quality. A higher quality makes no
 * difference to PocketSphinx, which uses frequencies up to 6.8 kHz only. */
#define QUALITY 7

struct _CapResampler
{
  SpeexResamplerState *state;
  gboolean as_float;
};

/* private */

static void
append (CapResampler *self, const gint16 *samples, gsize n_frames, GByteArray *out)
{
  guint length = out->len;
  float *values;

  if (!self->as_float)
    {
      g_byte_array_append (out, (const guint8 *) samples, n_frames * sizeof *samples);
      return;
    }

  g_byte_array_set_size (out, length + n_frames * sizeof (float));
  values = (float *) (out->data + length);
  for (gsize i = 0; i < n_frames; i++)
    values[i] = samples[i] / 32768.0f;
}

/* public */

CapResampler *
cap_resampler_new (guint rate, gboolean as_float)
{
  CapResampler *self;

  g_return_val_if_fail (rate >= 8000 && rate <= 48000, NULL);

  self = g_new0 (CapResampler, 1);
  self->state = speex_resampler_init (1, CAP_AUDIO_RATE, rate, QUALITY, NULL);
  if (self->state == NULL)
    g_error ("Out of memory");
  self->as_float = as_float;
  cap_resampler_reset (self);
  return self;
}

void
cap_resampler_free (CapResampler *self)
{
  g_return_if_fail (self != NULL);

  speex_resampler_destroy (self->state);
  g_free (self);
}

void
cap_resampler_reset (CapResampler *self)
{
  g_return_if_fail (self != NULL);

  speex_resampler_reset_mem (self->state);
  speex_resampler_skip_zeros (self->state);
}

void
cap_resampler_push (CapResampler *self, const gint16 *samples, gsize n_frames, GByteArray *out)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (samples != NULL || n_frames == 0);
  g_return_if_fail (out != NULL);

  while (n_frames > 0)
    {
      gint16 result[1024];
      spx_uint32_t n_in = n_frames, n_out = G_N_ELEMENTS (result);

      speex_resampler_process_int (self->state, 0, samples, &n_in, result, &n_out);
      append (self, result, n_out, out);
      samples += n_in;
      n_frames -= n_in;
    }
}

void
cap_resampler_drain (CapResampler *self, GByteArray *out)
{
  g_autofree gint16 *silence = NULL;
  int latency;

  g_return_if_fail (self != NULL);
  g_return_if_fail (out != NULL);

  latency = speex_resampler_get_input_latency (self->state);
  silence = g_new0 (gint16, latency);
  cap_resampler_push (self, silence, latency, out);
}

gsize
cap_resampler_get_frame_size (CapResampler *self)
{
  g_return_val_if_fail (self != NULL, 1);

  return self->as_float ? sizeof (float) : sizeof (gint16);
}
