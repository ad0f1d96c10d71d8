/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The sample rate that PocketSphinx expects. */
#define CAP_DECODER_RATE 16000

/* The language of its model, BCP 47. */
#define CAP_DECODER_LANGUAGE "en-US"

/* A part of an utterance. @begin and @end count frames of CAP_DECODER_RATE
 * since the utterance began. */
typedef struct
{
  char *text;         /* NULL: silence, breath, noise */
  gsize begin, end;
  double probability; /* 0 to 1; 1 in a partial result, because it is unknown */
} CapWord;

/* PocketSphinx 5prealpha or 5, with its US English model. Logs nothing. */
typedef struct _CapDecoder CapDecoder;

/* Takes a second. Fails with G_IO_ERROR_NOT_FOUND if there is no model.
 * @model_dir: the folder that contains en-us/; NULL for the one of the
 * distribution. */
CapDecoder *cap_decoder_new (const char *model_dir, GError **error);
void cap_decoder_free (CapDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapDecoder, cap_decoder_free)

void cap_decoder_begin (CapDecoder *self);
void cap_decoder_process (CapDecoder *self, const gint16 *samples, gsize n_frames);

/* Ends the utterance: searches it a second time as a whole. */
void cap_decoder_end (CapDecoder *self);

/* The words of this utterance so far, or the final words after end():
 * (element-type CapWord *), owned by the caller. */
GPtrArray *cap_decoder_get_words (CapDecoder *self);

G_END_DECLS
