/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/program.h"
#include "live/live.h"
#include "whisper/whisper-library.h"

G_BEGIN_DECLS

/* A Whisper model that decodes pieces of audio of up to 30 seconds. */
typedef struct _CapWhisperDecoder CapWhisperDecoder;

/* Takes @library, also if it fails, which it does with a sentence for people. */
CapWhisperDecoder *cap_whisper_decoder_new (CapWhisperLibrary *library, const CapLoadOptions *options,
                                            GError **error);
void cap_whisper_decoder_free (CapWhisperDecoder *self);

/* The language of all text, or NULL if the model finds that of the speech. */
const char *cap_whisper_decoder_get_language (CapWhisperDecoder *self);

/* As CapLiveFuncs. */
CapDecoded *cap_whisper_decoder_decode (CapWhisperDecoder *self, const float *samples, gsize n_frames,
                                        CapEffort effort, const char *prompt, const char *language);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapWhisperDecoder, cap_whisper_decoder_free)

G_END_DECLS
