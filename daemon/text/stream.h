/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"
#include "sound/capture.h"
#include "text/transcript.h"

G_BEGIN_DECLS

typedef enum
{
  CAP_STREAM_STARTING,
  CAP_STREAM_WAITING,
  CAP_STREAM_CONNECTING,
  CAP_STREAM_LISTENING,
  CAP_STREAM_RECONNECTING,
  CAP_STREAM_PAUSED,
  CAP_STREAM_FAILED,
  CAP_STREAM_CLOSED,
} CapStreamState;

/* The picture in one object: it joins a capture, a ledger, a gate, an engine
 * and a transcript, and is the only one that knows both sides of each arrow.
 * Its state is derived from theirs.
 *
 * Signals:
 *  ::changed         state, reason or description is another one
 *  ::level (double)  dBFS of the last 200 ms of audio
 */
#define CAP_TYPE_STREAM (cap_stream_get_type ())
G_DECLARE_FINAL_TYPE (CapStream, cap_stream, CAP, STREAM, GObject)

/* Starts at once. @speaker: what the detail speaker says, or NULL;
 * @kept_seconds: the ledger's bound; @held: as in set_held(), so that not even
 * the first sample is captured. */
CapStream *cap_stream_new (CapCapture *capture,
                           CapEngine *engine,
                           const char *speaker,
                           guint kept_seconds,
                           const GError *held);

void cap_stream_set_paused (CapStream *self, gboolean paused);

/* While there is a @reason nothing is captured, and the stream is WAITING with
 * it, whatever the source does; NULL lets go. Like pausing it ends what is
 * being said. G_IO_ERROR_PENDING says that it is not known yet whether there
 * is a reason: the stream is STARTING then. Copied. */
void cap_stream_set_held (CapStream *self, const GError *reason);

void cap_stream_flush (CapStream *self);
void cap_stream_retry (CapStream *self);

/* Ends the capture, lets the engine make text of what it has, at most
 * @wait_ms, and is then CLOSED: with 0 before the call returns. Text that is
 * not final by then becomes so. */
void cap_stream_close (CapStream *self, guint wait_ms);

CapStreamState cap_stream_get_state (CapStream *self);
/* As D-Bus names it. Static. */
const char *cap_stream_get_state_name (CapStream *self);
/* Why it waits, reconnects or failed; NULL otherwise. Owned by the stream. */
const GError *cap_stream_get_reason (CapStream *self);
/* See cap_capture_get_description(). */
const char *cap_stream_get_description (CapStream *self);
/* For its counters and its host. */
CapEngine *cap_stream_get_engine (CapStream *self);
CapTranscript *cap_stream_get_transcript (CapStream *self);

/* CLOCK_REALTIME, microseconds. */
gint64 cap_stream_get_epoch (CapStream *self);
double cap_stream_get_audio_seconds (CapStream *self);
double cap_stream_get_lost_seconds (CapStream *self);

G_END_DECLS
