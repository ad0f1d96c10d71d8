/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/packetizer.h"

#include <speex/speex_resampler.h>
#include <string.h>

#define PIECE_MS 100

/* Better than the resampler's default (4), at a few milliseconds of processor time
 * for a minute of speech. */
#define QUALITY 6

struct _CapPacketizer
{
  SpeexResamplerState *resampler; /* NULL at the stream's own rate */
  CapPacketizerFunc func;
  gpointer user_data;

  GArray *piece;      /* of gint16, as on the wire */
  gsize piece_frames; /* of a whole piece */
  guint64 turn;       /* frames of the stream that this turn has so far */
};

/* private */

static void
give_piece (CapPacketizer *self)
{
  gint16 *frames = (gint16 *) (void *) self->piece->data;

  if (self->piece->len == 0)
    return;
  for (guint i = 0; i < self->piece->len; i++)
    frames[i] = GINT16_TO_LE (frames[i]);
  self->func (frames, self->piece->len * sizeof *frames, self->user_data);
  g_array_set_size (self->piece, 0);
}

static void
collect (CapPacketizer *self, const gint16 *frames, gsize n_frames)
{
  while (n_frames > 0)
    {
      gsize n = MIN (n_frames, self->piece_frames - self->piece->len);

      g_array_append_vals (self->piece, frames, n);
      frames += n;
      n_frames -= n;
      if (self->piece->len == self->piece_frames)
        give_piece (self);
    }
}

static void
resample (CapPacketizer *self, const gint16 *samples, gsize n_frames)
{
  gint16 out[1024];

  while (n_frames > 0)
    {
      spx_uint32_t n_in = n_frames, n_out = G_N_ELEMENTS (out);

      speex_resampler_process_int (self->resampler, 0, samples, &n_in, out, &n_out);
      collect (self, out, n_out);
      samples += n_in;
      n_frames -= n_in;
    }
}

/* public functions */

CapPacketizer *
cap_packetizer_new (guint rate, CapPacketizerFunc func, gpointer user_data)
{
  CapPacketizer *self;

  g_return_val_if_fail (rate > 0, NULL);
  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (CapPacketizer, 1);
  if (rate != CAP_AUDIO_RATE)
    {
      self->resampler = speex_resampler_init (1, CAP_AUDIO_RATE, rate, QUALITY, NULL);
      speex_resampler_skip_zeros (self->resampler);
    }
  self->piece_frames = (gsize) rate * PIECE_MS / 1000;
  self->piece = g_array_sized_new (FALSE, FALSE, sizeof (gint16), self->piece_frames);
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
cap_packetizer_free (CapPacketizer *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->resampler, speex_resampler_destroy);
  g_array_unref (self->piece);
  g_free (self);
}

void
cap_packetizer_feed (CapPacketizer *self, const gint16 *samples, gsize n_frames)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (samples != NULL || n_frames == 0);

  self->turn += n_frames;
  if (self->resampler != NULL)
    resample (self, samples, n_frames);
  else
    collect (self, samples, n_frames);
}

guint
cap_packetizer_end (CapPacketizer *self, guint least, guint silence)
{
  static const gint16 zeros[CAP_AUDIO_RATE / 10];
  guint n_silent;

  g_return_val_if_fail (self != NULL, 0);

  n_silent = MAX (silence, least - MIN (least, self->turn));
  for (guint left = n_silent, n; left > 0; left -= n)
    {
      n = MIN (left, G_N_ELEMENTS (zeros));
      cap_packetizer_feed (self, zeros, n);
    }
  give_piece (self);
  self->turn = 0;
  if (self->resampler != NULL)
    {
      speex_resampler_reset_mem (self->resampler);
      speex_resampler_skip_zeros (self->resampler);
    }

  return n_silent;
}
