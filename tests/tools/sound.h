/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* Sound for tests, mono at CAP_AUDIO_RATE, full scale 1: read speech, and noises to mix
 * with it. The same seed gives the same sound. */
typedef struct
{
  gsize n;
  float samples[];
} Sound;

/* Lists the librivox recordings of pocketsphinx-testdata, and the files in the folder
 * CAPTIOND_TEST_SPEECH. May be empty. */
GPtrArray *sound_list_speech (void);

Sound *sound_load (const char *path, GError **error);

Sound *sound_new_silence (gsize n);
Sound *sound_new_white (gsize n, guint32 seed);
Sound *sound_new_pink (gsize n, guint32 seed);
/* Fan noise: it falls by 12 dB per octave above 200 Hz. */
Sound *sound_new_fan (gsize n, guint32 seed);
/* Mains hum: @frequency and its harmonics. */
Sound *sound_new_hum (gsize n, double frequency);
/* Syllables of vowels and hiss, with a pause between phrases of 2 s. The gate takes this
 * for speech, where a test needs no recording. Begins with a syllable. */
Sound *sound_new_voice (gsize n, guint32 seed);
/* Sustained chords that change. */
Sound *sound_new_strings (gsize n, guint32 seed);
/* Plucked chords with a beat. */
Sound *sound_new_music (gsize n, guint32 seed);

void sound_free (Sound *self);

/* RMS in dBFS of the samples from @begin to @end. */
double sound_get_level (const Sound *self, gsize begin, gsize end);
double sound_get_peak (const Sound *self);

void sound_amplify (Sound *self, double db);
void sound_add (Sound *self, gsize position, const Sound *other, double db);

/* Returns rounded and clipped samples; free with g_free(). */
gint16 *sound_to_pcm (const Sound *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sound, sound_free)

G_END_DECLS
