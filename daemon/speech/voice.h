/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* The frames of a block: 10 ms. */
#define CAP_VOICE_FRAMES 240

typedef struct
{
  float evidence; /* dB by which the voice bands exceed the background and its
                   * usual fluctuation; 0 or more */
  float power;    /* mean power of the last 30 ms, all voice bands together */
} CapVoiceFrame;

/* Learns the background noise of a stream, and measures how much the sound
 * stands out from it as a voice does. It keeps no audio. */
typedef struct _CapVoice CapVoice;

CapVoice *cap_voice_new (void);
void cap_voice_free (CapVoice *self);

/* Judges the next CAP_VOICE_FRAMES samples. Allocates nothing. */
CapVoiceFrame cap_voice_judge (CapVoice *self, const gint16 *samples);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapVoice, cap_voice_free)

G_END_DECLS
