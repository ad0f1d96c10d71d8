/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Speech of distinct words, so that words that are lost or doubled on the way
 * can be counted. A word is a number, sung: a start, five digits and a
 * checksum, each a tone that is not the one before, and a gap. It is loud for
 * 420 ms, and the gap is shorter than 200 ms: 200 ms that are missing or come
 * twice always harm a word.
 *
 * Sound is mono, native-endian 16 bit, at a rate in Hz that is a multiple of
 * 1000, from 8000 to 48000. */

#define WORDS_COUNT (1 << 20)

/* The gap after a word, ms: words_compose() chooses one between them. The gate
 * takes such a pause early enough before the longest utterance, and with 200
 * ms always 40 ms of sound go or come. */
#define WORDS_SHORTEST_GAP 140
#define WORDS_LONGEST_GAP 160

/* Frames of a word, without a gap. */
guint words_get_length (guint rate);

/* Fills with the noise that is between words, -60 dBFS. @seed goes on. */
void words_fill_noise (gint16 *samples, gsize n_frames, guint32 *seed);

/* Adds word @number, below WORDS_COUNT, to words_get_length() samples. */
void words_add (gint16 *samples, guint rate, guint number);

/* Of what was said. */
typedef struct
{
  guint number;
  guint64 begin, end; /* frames */
} WordsSaid;

/* Sentences of words, whose numbers follow each other. */
typedef struct
{
  guint rate;
  guint32 seed;
  guint first;                 /* number of the first word */
  double seconds;              /* of all */
  double lead;                 /* seconds without a word, at the begin */
  guint shortest, longest;     /* words of a sentence; 0: it never ends */
  double least_pause, most_pause; /* seconds after a sentence */
} WordsPlan;

/* Returns the samples (element-type gint16); at their end half a second has
 * no word. @said: set to what they say (element-type WordsSaid). */
GArray *words_compose (const WordsPlan *plan, GArray **said);

/* The decoder: finds the words in sound that comes in pieces of any length.
 * It takes a word at levels from 0 to -30 dB of words_add(). */
typedef struct _Words Words;

/* @number: of a word, or -1 of a stretch of sound that is no whole, valid
 * word: a part of one, too much of one, two without a gap.
 * @begin, @end: frames since words_new(). */
typedef void (*WordsFunc) (gint number, guint64 begin, guint64 end, gpointer user_data);

/* @func is called from words_feed() and words_end(), about 20 ms of sound
 * after the word. */
Words *words_new (guint rate, WordsFunc func, gpointer user_data);
void words_free (Words *self);

void words_feed (Words *self, const gint16 *samples, gsize n_frames);

/* No more will come: what is open ends here. */
void words_end (Words *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Words, words_free)

G_END_DECLS
