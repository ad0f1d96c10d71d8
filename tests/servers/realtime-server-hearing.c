/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* A recogniser in a thread of its own turns the audio that arrived into text. */

#include "servers/realtime-server.h"

#include "pocketsphinx/decoder.h"

#include <speex/speex_resampler.h>

struct _Hearing
{
  GThreadPool *pool;
  CapDecoder *recogniser; /* used only in the pool's one thread */
};

typedef struct
{
  GByteArray *audio;
  guint rate;
  HearingFunc func;
  gpointer user_data;
  char *text;
} Job;

static gboolean
on_done (gpointer user_data)
{
  Job *job = user_data;

  job->func (job->text, job->user_data);
  g_byte_array_unref (job->audio);
  g_free (job->text);
  g_free (job);
  return G_SOURCE_REMOVE;
}

static void
process (CapDecoder *recogniser, const gint16 *in, gsize n, guint rate)
{
  SpeexResamplerState *resampler = speex_resampler_init (1, rate, CAP_DECODER_RATE, 7, NULL);

  while (n > 0)
    {
      gint16 out[1600];
      spx_uint32_t n_in = MIN (n, 4800), n_out = G_N_ELEMENTS (out);

      speex_resampler_process_int (resampler, 0, in, &n_in, out, &n_out);
      cap_decoder_process (recogniser, out, n_out);
      in += n_in;
      n -= n_in;
    }
  speex_resampler_destroy (resampler);
}

static void
work (gpointer data, gpointer user_data)
{
  Job *job = data;
  Hearing *self = user_data;
  g_autoptr (GPtrArray) words = NULL;
  GString *text = g_string_new (NULL);

  if (self->recogniser == NULL)
    self->recogniser = cap_decoder_new (NULL, NULL);
  if (self->recogniser != NULL)
    {
      cap_decoder_begin (self->recogniser);
      process (self->recogniser, (const gint16 *) job->audio->data, job->audio->len / 2, job->rate);
      cap_decoder_end (self->recogniser);
      words = cap_decoder_get_words (self->recogniser);
    }
  for (guint i = 0; words != NULL && i < words->len; i++)
    {
      const CapWord *word = words->pdata[i];

      if (word->text != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", word->text);
    }
  job->text = g_string_free (text, FALSE);
  g_idle_add (on_done, job);
}

Hearing *
hearing_new (void)
{
  Hearing *self = g_new0 (Hearing, 1);

  self->pool = g_thread_pool_new (work, self, 1, FALSE, NULL);
  return self;
}

void
hearing_free (Hearing *self)
{
  g_thread_pool_free (self->pool, TRUE, TRUE);
  if (self->recogniser != NULL)
    cap_decoder_free (self->recogniser);
  g_free (self);
}

void
hearing_recognise (Hearing *self, GByteArray *audio, guint rate, HearingFunc func, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->audio = g_byte_array_ref (audio);
  job->rate = rate;
  job->func = func;
  job->user_data = user_data;
  g_thread_pool_push (self->pool, job, NULL);
}
