/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Synthetic speech of distinct words, with which tests count words that are lost or
 * doubled on the way. A word encodes a number as tones: a start, five digits and a
 * checksum, each a different tone from the last. A gap follows. The word is loud for
 * 420 ms, and the gap is shorter than 200 ms, so losing or repeating 200 ms of sound
 * always damages a word.
 *
 * Sound is mono, 16 bit in native byte order. The sample rate is a multiple of 1000 Hz
 * from 8000 to 48000 Hz. */

#define WORDS_COUNT (1 << 20)

/* Limits of the gap after a word, in ms; words_compose() chooses a length between them.
 * The gate accepts such a pause for a cut well before the longest utterance, and any loss
 * or repetition of 200 ms includes 40 ms of a word. */
#define WORDS_SHORTEST_GAP 140
#define WORDS_LONGEST_GAP 160

/* Frames of a word without its gap. */
guint words_get_length (guint rate);

/* Fills @samples with the noise between words, -60 dBFS. Updates @seed. */
void words_fill_noise (gint16 *samples, gsize n_frames, guint32 *seed);

/* Adds word @number, less than WORDS_COUNT, to words_get_length() samples. */
void words_add (gint16 *samples, guint rate, guint number);

/* One word of the composed sound. */
typedef struct
{
  guint number;
  guint64 begin, end; /* frames */
} WordsSaid;

/* How to compose sentences of consecutive numbers. */
typedef struct
{
  guint rate;
  guint32 seed;
  guint first;                 /* number of the first word */
  double seconds;              /* length of the sound */
  double lead;                 /* seconds before the first word */
  guint shortest, longest;     /* words per sentence; 0: it never ends */
  double least_pause, most_pause; /* seconds after a sentence */
} WordsPlan;

/* Returns samples (element-type gint16) that end with half a second without a word.
 * @said: set to the words (element-type WordsSaid). */
GArray *words_compose (const WordsPlan *plan, GArray **said);

/* The decoder: finds words in sound that arrives in pieces of any length, at levels from
 * 0 to -30 dB relative to words_add(). */
typedef struct _Words Words;

/* @number: the word, or -1 for sound that is not one whole, valid word: a part of a word,
 * too long a word, or two words without a gap. @begin, @end: frames since words_new(). */
typedef void (*WordsFunc) (gint number, guint64 begin, guint64 end, gpointer user_data);

/* Calls @func from words_feed() and words_end(), about 20 ms of sound after each word. */
Words *words_new (guint rate, WordsFunc func, gpointer user_data);
void words_free (Words *self);

void words_feed (Words *self, const gint16 *samples, gsize n_frames);

/* Ends the sound, and any open word with it. */
void words_end (Words *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Words, words_free)

G_END_DECLS
