/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* Audio is judged in blocks of 10 ms. */
#define CAP_VOICE_FRAMES 240

typedef struct
{
  float evidence; /* how far the voice bands stand out of the background, dB,
                   * beyond what the background does by itself; 0 or more */
  float power;    /* of all voice bands together, over 30 ms */
} CapVoiceFrame;

/* Knows the background of a stream, and what stands out of it. It remembers
 * nothing of what was said. */
typedef struct _CapVoice CapVoice;

CapVoice *cap_voice_new (void);
void cap_voice_free (CapVoice *self);

/* Judges the next CAP_VOICE_FRAMES samples. Allocates nothing. */
CapVoiceFrame cap_voice_judge (CapVoice *self, const gint16 *samples);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapVoice, cap_voice_free)

G_END_DECLS
