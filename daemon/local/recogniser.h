/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The sample rate that PocketSphinx expects. */
#define CAP_RECOGNISER_RATE 16000

/* The language of its model, BCP 47. */
#define CAP_RECOGNISER_LANGUAGE "en-US"

/* A part of an utterance. @begin and @end count frames of CAP_RECOGNISER_RATE
 * since the utterance began. */
typedef struct
{
  char *text;         /* NULL: silence, breath, noise */
  gsize begin, end;
  double probability; /* 0 to 1; 1 in a partial result, because it is unknown */
} CapWord;

/* PocketSphinx 5prealpha or 5, with its US English model. Synchronous, and for
 * one thread at a time. Logs nothing. */
typedef struct _CapRecogniser CapRecogniser;

/* Whether new() would find its model. Fails with CAP_ERROR_NOT_CONFIGURED. */
gboolean cap_recogniser_is_installed (const char *model_dir, GError **error);

/* Takes a second. Fails with CAP_ERROR_NOT_CONFIGURED if there is no model.
 * @model_dir: the folder that contains en-us/; NULL for the one of the
 * distribution. */
CapRecogniser *cap_recogniser_new (const char *model_dir, GError **error);
void cap_recogniser_free (CapRecogniser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRecogniser, cap_recogniser_free)

void cap_recogniser_begin (CapRecogniser *self);
void cap_recogniser_process (CapRecogniser *self, const gint16 *samples, gsize n_frames);

/* Ends the utterance: searches it a second time as a whole. */
void cap_recogniser_end (CapRecogniser *self);

/* The words of this utterance so far, or the final words after end():
 * (element-type CapWord *), owned by the caller. */
GPtrArray *cap_recogniser_get_words (CapRecogniser *self);

G_END_DECLS
