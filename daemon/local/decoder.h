/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* Turns audio with marked speech into hypotheses, in the calling thread. It maps
 * the positions of the stream to the utterances of a recogniser. */
typedef struct _CapLocalDecoder CapLocalDecoder;

/* @hypothesis: valid during the call. */
typedef void (*CapLocalDecoderFunc) (const CapHypothesis *hypothesis, gpointer user_data);

/* @model_dir: NULL for the folder of the distribution. */
CapLocalDecoder *cap_local_decoder_new (const char *model_dir, CapLocalDecoderFunc func,
                                        gpointer user_data, GError **error);
void cap_local_decoder_free (CapLocalDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapLocalDecoder, cap_local_decoder_free)

void cap_local_decoder_begin (CapLocalDecoder *self, guint64 position);
void cap_local_decoder_feed (CapLocalDecoder *self, guint64 position, const gint16 *samples, gsize n_frames);
void cap_local_decoder_end (CapLocalDecoder *self, CapGateEnd why);

/* Tells the decoder that no speech precedes @position. Ends an open utterance. */
void cap_local_decoder_skip (CapLocalDecoder *self, guint64 position);

/* All text of audio below this position is final. */
guint64 cap_local_decoder_get_settled (CapLocalDecoder *self);

G_END_DECLS
