/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/audio-graph.h"

G_BEGIN_DECLS

/* Lists the sources that can be captured, and watches the list for changes for 30
 * seconds after each request. Meanwhile it keeps the audio graph alive.
 *
 * Signals:
 *  ::changed  the list differs from the last one
 */
#define CAP_TYPE_SOURCE_WATCH (cap_source_watch_get_type ())
G_DECLARE_FINAL_TYPE (CapSourceWatch, cap_source_watch, CAP, SOURCE_WATCH, GObject)

CapSourceWatch *cap_source_watch_new (void);

/* Waits at most two seconds for the audio server, and then fails with
 * CAP_ERROR_AUDIO_UNAVAILABLE. */
void cap_source_watch_get_async (CapSourceWatch *self,
                                 CapAudioGraph *graph,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Returns aa{sv}; the caller owns the reference. */
GVariant *cap_source_watch_get_finish (CapSourceWatch *self, GAsyncResult *result, GError **error);

G_END_DECLS
