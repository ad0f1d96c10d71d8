/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sherpa-onnx/library.h"
#include "sherpa-onnx/model.h"

G_BEGIN_DECLS

/* A loaded model, which others may share, and at most one stream of audio that it hears. The search is greedy,
 * so it never changes a token that it has found. */
typedef struct _CapHearing CapHearing;

/* Takes seconds, and ends the process if a file of the model is broken. Fails with a
 * sentence for people. Takes @library and @model, also if it fails.
 * @language: of the speech, BCP 47, or NULL.
 * @threads: at least 1. */
CapHearing *cap_hearing_new (CapSherpaLibrary *library, CapSherpaModel *model, const char *language,
                             guint threads, GError **error);
/* Another stream of audio for the model of @other. */
CapHearing *cap_hearing_new_beside (CapHearing *other);
void cap_hearing_free (CapHearing *self);

/* The version of the library. */
const char *cap_hearing_get_version (CapHearing *self);

/* Frames per second. */
guint cap_hearing_get_rate (CapHearing *self);

/* Frames of audio after a sound without which the model may not have heard it. */
gsize cap_hearing_get_tail (CapHearing *self);

/* Begins a new stream in place of the last one. */
void cap_hearing_begin (CapHearing *self);

/* Returns whether the model took a step, so that there may be new words.
 * @samples: from -1 to 1. */
gboolean cap_hearing_feed (CapHearing *self, const float *samples, gsize n_frames);

/* Makes the model hear the audio to its end. Nothing may be fed until begin(). */
void cap_hearing_end (CapHearing *self);

/* All words of the stream so far: (element-type CapTokenWord), owned by the caller. Only
 * the last one may change.
 * @with_probabilities: reads how sure the model is, if it says so. */
GPtrArray *cap_hearing_get_words (CapHearing *self, gboolean with_probabilities);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapHearing, cap_hearing_free)

G_END_DECLS
