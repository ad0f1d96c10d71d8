/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/feed.h"

#include "speech/ledger.h"
#include "text/feeder.h"

#include <speex/speex_resampler.h>
#include <string.h>

/* WAV files */

static guint32
read_le (const guint8 *bytes, guint n)
{
  guint32 value = 0;

  while (n-- > 0)
    value = value << 8 | bytes[n];
  return value;
}

/* Returns the samples, or NULL if the file is not mono S16. */
static const gint16 *
parse_wav (const guint8 *file, gsize length, guint32 *rate, gsize *n_frames)
{
  gboolean understood = FALSE;

  if (length < 12 || memcmp (file, "RIFF", 4) != 0 || memcmp (file + 8, "WAVE", 4) != 0)
    return NULL;

  for (gsize at = 12; at + 8 <= length;)
    {
      const guint8 *body = file + at + 8;
      gsize size = MIN (read_le (file + at + 4, 4), length - at - 8);

      if (memcmp (file + at, "fmt ", 4) == 0 && size >= 16)
        {
          understood = read_le (body, 2) == 1 && read_le (body + 2, 2) == 1 && read_le (body + 14, 2) == 16;
          *rate = read_le (body + 4, 4);
        }
      else if (memcmp (file + at, "data", 4) == 0 && understood)
        {
          *n_frames = size / 2;
          return *rate > 0 ? (const gint16 *) body : NULL;
        }
      at += 8 + size + size % 2;
    }

  return NULL;
}

GArray *
feed_load (const char *path, GError **error)
{
  g_autofree char *file = NULL;
  gsize length, n_frames;
  guint32 rate = 0;
  const gint16 *samples;
  GArray *out;
  SpeexResamplerState *resampler;

  if (!g_file_get_contents (path, &file, &length, error))
    return NULL;
  samples = parse_wav ((const guint8 *) file, length, &rate, &n_frames);
  if (samples == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: not a WAV file, mono and 16 bit", path);
      return NULL;
    }

  out = g_array_new (FALSE, FALSE, sizeof (gint16));
  resampler = speex_resampler_init (1, rate, CAP_AUDIO_RATE, 7, NULL);
  speex_resampler_skip_zeros (resampler);
  while (n_frames > 0)
    {
      gint16 chunk[1024];
      spx_uint32_t n_in = MIN (n_frames, G_MAXINT), n_out = G_N_ELEMENTS (chunk);

      speex_resampler_process_int (resampler, 0, samples, &n_in, chunk, &n_out);
      g_array_append_vals (out, chunk, n_out);
      samples += n_in;
      n_frames -= n_in;
    }
  speex_resampler_destroy (resampler);

  return out;
}

/* struct */

struct _Feed
{
  CapEngine *engine;
  CapGate *gate;
  CapLedger *ledger;
  CapFeeder *feeder;
  gboolean ended;    /* no more sound follows */
  gboolean finished;
};

/* private */

/* FALSE if the engine did not take all that the gate has judged. */
static gboolean
pump (Feed *self)
{
  return cap_engine_get_state (self->engine) == CAP_ENGINE_READY && cap_feeder_push (self->feeder);
}

static void
on_gap (guint64 begin, guint64 end, double seconds, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
on_gone (guint64 position, gpointer user_data)
{
}

/* callbacks */

static void
on_speech_begins (CapGate *gate, guint64 position, Feed *self)
{
  cap_feeder_mark (self->feeder, position, TRUE, CAP_GATE_PAUSE);
}

static void
on_speech_ends (CapGate *gate, guint64 position, CapGateEnd why, Feed *self)
{
  cap_feeder_mark (self->feeder, position, FALSE, why);
}

static void
on_finished (CapEngine *engine, Feed *self)
{
  self->finished = TRUE;
}

static void
on_settled (CapEngine *engine, guint64 begin, guint64 end, Feed *self)
{
  cap_feeder_settle (self->feeder, begin, end);
}

/* The engine has also forgotten that the sound ended. */
static void
on_rewind (CapEngine *engine, guint64 position, Feed *self)
{
  cap_feeder_rewind (self->feeder, position);
  if (self->ended && pump (self))
    cap_engine_finish (engine);
}

static void
on_hungry (CapEngine *engine, Feed *self)
{
  if (self->ended && pump (self))
    cap_engine_finish (engine);
}

/* public */

Feed *
feed_new (CapEngine *engine)
{
  static const CapFeederFuncs funcs = { on_gone, on_gap };
  Feed *self = g_new0 (Feed, 1);

  self->engine = g_object_ref (engine);
  self->gate = cap_gate_new ();
  self->ledger = cap_ledger_new (CAP_AUDIO_MS (60000));
  self->feeder = cap_feeder_new (self->ledger, self->gate, engine, &funcs, self);
  g_signal_connect (self->gate, "speech-begins", G_CALLBACK (on_speech_begins), self);
  g_signal_connect (self->gate, "speech-ends", G_CALLBACK (on_speech_ends), self);
  g_signal_connect (engine, "finished", G_CALLBACK (on_finished), self);
  g_signal_connect (engine, "settled", G_CALLBACK (on_settled), self);
  g_signal_connect (engine, "rewind", G_CALLBACK (on_rewind), self);
  g_signal_connect (engine, "hungry", G_CALLBACK (on_hungry), self);

  while (cap_engine_get_state (engine) == CAP_ENGINE_STARTING)
    g_main_context_iteration (NULL, TRUE);

  return self;
}

void
feed_free (Feed *self)
{
  g_signal_handlers_disconnect_by_data (self->engine, self);
  cap_feeder_free (self->feeder);
  g_object_unref (self->engine);
  g_object_unref (self->gate);
  g_object_unref (self->ledger);
  g_free (self);
}

void
feed_append (Feed *self, const gint16 *samples, gsize n_frames)
{
  guint64 end = cap_gate_get_end (self->gate);

  cap_ledger_append (self->ledger, end * 1000 / 24, samples, n_frames);
  cap_gate_feed (self->gate, samples, n_frames);
  while (!pump (self))
    g_main_context_iteration (NULL, TRUE);
}

void
feed_finish (Feed *self)
{
  cap_gate_flush (self->gate);
  while (!pump (self))
    g_main_context_iteration (NULL, TRUE);
  self->ended = TRUE;
  cap_engine_finish (self->engine);
  while (!self->finished)
    g_main_context_iteration (NULL, TRUE);
}
