/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/program.h"
#include "sherpa-onnx/hearing.h"

G_BEGIN_DECLS

/* Turns a stream of speech into utterances: it maps positions to the times of the
 * model's words, and cuts speech that never pauses. */
typedef struct _CapRecognition CapRecognition;

/* @recognised: valid during the call. */
typedef void (*CapRecognitionFunc) (const CapRecognised *recognised, gpointer user_data);

/* Takes @hearing.
 * @language: of the text, BCP 47, or NULL.
 * @capitals: the model writes capitals only, so the text gets a case here. */
CapRecognition *cap_recognition_new (CapHearing *hearing, const char *language, gboolean capitals,
                                     CapRecognitionFunc func, gpointer user_data);
void cap_recognition_free (CapRecognition *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRecognition, cap_recognition_free)

/* A recognition of another stream of audio with the same model. */
CapRecognition *cap_recognition_new_beside (CapRecognition *other, CapRecognitionFunc func, gpointer user_data);

/* Owned by the recognition. */
CapHearing *cap_recognition_get_hearing (CapRecognition *self);

/* Positions count frames at the rate of the model. */
void cap_recognition_begin (CapRecognition *self, guint64 position);
void cap_recognition_feed (CapRecognition *self, guint64 position, const float *samples, gsize n_frames);
/* @more: the speech goes on, and the utterance may end between two words before @position. */
void cap_recognition_end (CapRecognition *self, guint64 position, gboolean more);
/* Ends the utterance that continues after a cut. */
void cap_recognition_finish (CapRecognition *self);

G_END_DECLS
