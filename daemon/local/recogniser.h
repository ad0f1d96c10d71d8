/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What PocketSphinx expects. */
#define CAP_RECOGNISER_RATE 16000

/* What its model understands, BCP 47. */
#define CAP_RECOGNISER_LANGUAGE "en-US"

/* One stretch of an utterance, in frames of CAP_RECOGNISER_RATE since the
 * utterance began. */
typedef struct
{
  char *text;         /* NULL: silence, breath, noise */
  gsize begin, end;
  double probability; /* 0 to 1; 1 in a partial result, where it is unknown */
} CapWord;

/* PocketSphinx, of either generation, with its US English model. Synchronous,
 * and for one thread at a time. Logs nothing. */
typedef struct _CapRecogniser CapRecogniser;

/* Whether new() would find its model: CAP_ERROR_NOT_CONFIGURED if not. */
gboolean cap_recogniser_is_installed (const char *model_dir, GError **error);

/* @model_dir: where en-us/ lies; NULL for that of the distribution. Takes a
 * second. CAP_ERROR_NOT_CONFIGURED when there is no model. */
CapRecogniser *cap_recogniser_new (const char *model_dir, GError **error);
void cap_recogniser_free (CapRecogniser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRecogniser, cap_recogniser_free)

void cap_recogniser_begin (CapRecogniser *self);
void cap_recogniser_process (CapRecogniser *self, const gint16 *samples, gsize n_frames);

/* Searches the whole utterance again with what is known of all of it. */
void cap_recogniser_end (CapRecogniser *self);

/* What was heard in this utterance: so far, or finally after end().
 * (element-type CapWord *) */
GPtrArray *cap_recogniser_get_words (CapRecogniser *self);

G_END_DECLS
