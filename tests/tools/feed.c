/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/feed.h"

#include "speech/ledger.h"

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

typedef struct
{
  gboolean begins;
  guint64 position;
  CapGateEnd why;
} Mark;

struct _Feed
{
  CapEngine *engine;
  CapGate *gate;
  CapLedger *ledger;
  GQueue marks;
  guint64 sent;
  gboolean finished;
};

/* callbacks */

static void
on_speech_begins (CapGate *gate, guint64 position, Feed *self)
{
  Mark mark = { .begins = TRUE, .position = position };

  g_queue_push_tail (&self->marks, g_memdup2 (&mark, sizeof mark));
}

static void
on_speech_ends (CapGate *gate, guint64 position, CapGateEnd why, Feed *self)
{
  Mark mark = { .position = position, .why = why };

  g_queue_push_tail (&self->marks, g_memdup2 (&mark, sizeof mark));
}

static void
on_finished (CapEngine *engine, Feed *self)
{
  self->finished = TRUE;
}

static void
on_settled (CapEngine *engine, guint64 begin, guint64 end, Feed *self)
{
  cap_ledger_settle (self->ledger, begin, end);
}

/* feeding */

static void
pass_marks (Feed *self)
{
  Mark *mark;

  while ((mark = g_queue_peek_head (&self->marks)) != NULL && mark->position == self->sent)
    {
      if (mark->begins)
        cap_engine_speech_begins (self->engine, mark->position);
      else
        cap_engine_speech_ends (self->engine, mark->position, mark->why);
      g_free (g_queue_pop_head (&self->marks));
    }
}

/* Sends audio up to @limit, with its marks. Returns FALSE when the engine is full. */
static gboolean
pump (Feed *self, guint64 limit)
{
  pass_marks (self);
  while (self->sent < limit)
    {
      const Mark *mark = g_queue_peek_head (&self->marks);
      guint64 stop = mark != NULL ? MIN (limit, mark->position) : limit;
      gsize n_frames, n_taken;
      const gint16 *samples = cap_ledger_peek (self->ledger, self->sent, &n_frames);

      g_assert_cmpuint (n_frames, >, 0);
      n_frames = MIN (n_frames, stop - self->sent);
      n_taken = cap_engine_push (self->engine, self->sent, samples, n_frames);
      g_assert_cmpuint (n_taken, <=, n_frames);
      self->sent += n_taken;
      pass_marks (self);
      if (n_taken < n_frames)
        return FALSE;
    }

  return TRUE;
}

Feed *
feed_new (CapEngine *engine)
{
  Feed *self = g_new0 (Feed, 1);

  self->engine = g_object_ref (engine);
  self->gate = cap_gate_new ();
  self->ledger = cap_ledger_new (CAP_AUDIO_MS (60000));
  g_signal_connect (self->gate, "speech-begins", G_CALLBACK (on_speech_begins), self);
  g_signal_connect (self->gate, "speech-ends", G_CALLBACK (on_speech_ends), self);
  g_signal_connect (engine, "finished", G_CALLBACK (on_finished), self);
  g_signal_connect (engine, "settled", G_CALLBACK (on_settled), self);

  while (cap_engine_get_state (engine) == CAP_ENGINE_STARTING)
    g_main_context_iteration (NULL, TRUE);

  return self;
}

void
feed_free (Feed *self)
{
  g_signal_handlers_disconnect_by_data (self->engine, self);
  g_object_unref (self->engine);
  g_object_unref (self->gate);
  g_object_unref (self->ledger);
  g_queue_clear_full (&self->marks, g_free);
  g_free (self);
}

void
feed_append (Feed *self, const gint16 *samples, gsize n_frames)
{
  guint64 end = cap_gate_get_end (self->gate);

  cap_ledger_append (self->ledger, end * 1000 / 24, samples, n_frames);
  cap_gate_feed (self->gate, samples, n_frames);
  while (!pump (self, cap_gate_get_decided (self->gate)))
    g_main_context_iteration (NULL, TRUE);
}

void
feed_finish (Feed *self)
{
  cap_gate_flush (self->gate);
  while (!pump (self, cap_gate_get_end (self->gate)))
    g_main_context_iteration (NULL, TRUE);
  cap_engine_finish (self->engine);
  while (!self->finished)
    g_main_context_iteration (NULL, TRUE);
}
