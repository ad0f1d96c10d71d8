/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/audio-graph.h"

G_BEGIN_DECLS

/* Answers what can be captured now, and watches for changes for a while after
 * each question: it keeps the audio graph alive for 30 seconds.
 *
 * Signal ::changed: the list is another one than at the last question. */
#define CAP_TYPE_SOURCE_WATCH (cap_source_watch_get_type ())
G_DECLARE_FINAL_TYPE (CapSourceWatch, cap_source_watch, CAP, SOURCE_WATCH, GObject)

CapSourceWatch *cap_source_watch_new (void);

/* Waits for the audio server for two seconds, and fails with
 * CAP_ERROR_AUDIO_UNAVAILABLE after that. */
void cap_source_watch_get_async (CapSourceWatch *self,
                                CapAudioGraph *graph,
                                GAsyncReadyCallback callback,
                                gpointer data);
/* aa{sv}, a full reference. */
GVariant *cap_source_watch_get_finish (CapSourceWatch *self, GAsyncResult *result, GError **error);

G_END_DECLS
