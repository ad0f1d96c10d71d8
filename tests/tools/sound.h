/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* Material for tests, mono at CAP_AUDIO_RATE, full scale 1: read speech, and
 * what it has to be heard over. The same seed gives the same sound. */
typedef struct
{
  gsize n;
  float samples[];
} Sound;

/* The librivox readings of pocketsphinx-testdata, and what else stands in the
 * folder CAPTIOND_TEST_SPEECH. May be empty. */
GPtrArray *sound_list_speech (void);

Sound *sound_load (const char *path, GError **error);

Sound *sound_new_silence (gsize n);
Sound *sound_new_white (gsize n, guint32 seed);
Sound *sound_new_pink (gsize n, guint32 seed);
/* Rumble and air: noise that falls by 12 dB an octave from 200 Hz. */
Sound *sound_new_fan (gsize n, guint32 seed);
/* The mains at @frequency and its harmonics. */
Sound *sound_new_hum (gsize n, double frequency);
/* Syllables of vowels and hiss, with a pause between phrases of 2 s: speech
 * enough where no recording is wanted. Begins with a syllable at once. */
Sound *sound_new_voice (gsize n, guint32 seed);
/* Chords that change, held. */
Sound *sound_new_strings (gsize n, guint32 seed);
/* The same plucked, with a beat. */
Sound *sound_new_music (gsize n, guint32 seed);

void sound_free (Sound *self);

/* dBFS of the samples from @begin to @end. */
double sound_get_level (const Sound *self, gsize begin, gsize end);
double sound_get_peak (const Sound *self);

void sound_amplify (Sound *self, double db);
void sound_add (Sound *self, gsize position, const Sound *other, double db);

/* Rounded and clipped; g_free() it. */
gint16 *sound_to_pcm (const Sound *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sound, sound_free)

G_END_DECLS
