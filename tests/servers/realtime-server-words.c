/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Decodes turns of countable words; see words.h. The server has no list of the words: it
 * knows only the audio that arrived. */

#include "servers/realtime-server-session.h"

#include "tools/words.h"

struct _Spoken
{
  Words *words;
  gsize n_fed;   /* number of bytes of the turn decoded so far */
  guint n_words;
  GString *text;
};

static void
on_word (gint number, guint64 begin, guint64 end, gpointer user_data)
{
  Spoken *self = user_data;

  g_string_append (self->text, self->n_words++ > 0 ? " " : "");
  if (number >= 0)
    g_string_append_printf (self->text, "w%05d", number);
  else
    g_string_append (self->text, "garbled");
}

Spoken *
spoken_new (guint rate)
{
  Spoken *self = g_new0 (Spoken, 1);

  self->words = words_new (rate, on_word, self);
  self->text = g_string_new (NULL);
  return self;
}

void
spoken_free (Spoken *self)
{
  words_free (self->words);
  g_string_free (self->text, TRUE);
  g_free (self);
}

guint
spoken_hear (Spoken *self, const GByteArray *turn)
{
  gsize n_frames = (turn->len - self->n_fed) / sizeof (gint16);

  words_feed (self->words, (const gint16 *) (turn->data + self->n_fed), n_frames);
  self->n_fed += n_frames * sizeof (gint16);
  return self->n_words;
}

void
spoken_end (Spoken *self)
{
  words_end (self->words);
}

const char *
spoken_get_text (Spoken *self)
{
  return self->text->str;
}
