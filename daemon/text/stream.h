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

/* Connects a capture, a ledger, a gate, an engine and a transcript. None of these
 * knows the others; the stream passes on everything between them. Its state
 * follows from theirs.
 *
 * Signals:
 *  ::changed         the state, reason or description changed
 *  ::level (double)  the level of the last 200 ms of audio, dBFS
 */
#define CAP_TYPE_STREAM (cap_stream_get_type ())
G_DECLARE_FINAL_TYPE (CapStream, cap_stream, CAP, STREAM, GObject)

/* The new stream starts at once. @speaker: the value of the segment detail
 * "speaker" unless the engine names one, or NULL. @kept_seconds: how much audio
 * the ledger keeps, > 0. @blocked: as in set_blocked(), but before the first sample. */
CapStream *cap_stream_new (CapCapture *capture,
                           CapEngine *engine,
                           const char *speaker,
                           guint kept_seconds,
                           const GError *blocked);

void cap_stream_set_paused (CapStream *self, gboolean paused);

/* Blocks the stream: with a @reason it captures nothing and is WAITING, whatever the
 * source does. NULL lifts the block. Like a pause, a block ends the current
 * utterance. With the reason G_IO_ERROR_PENDING the caller does not know yet
 * whether to block the stream, which is STARTING meanwhile. @reason is copied. */
void cap_stream_set_blocked (CapStream *self, const GError *reason);

/* Ends the current utterance now. */
void cap_stream_flush (CapStream *self);
/* Restarts an engine that failed or is reconnecting. */
void cap_stream_retry (CapStream *self);

/* Stops the capture, waits at most @wait_ms for the engine to transcribe the audio
 * that it has, and then becomes CLOSED; with 0, before this returns. Partial
 * text becomes final then. */
void cap_stream_close (CapStream *self, guint wait_ms);

CapStreamState cap_stream_get_state (CapStream *self);
/* The name of the state on D-Bus, a static string. */
const char *cap_stream_get_state_name (CapStream *self);
/* Why the stream is WAITING, RECONNECTING or FAILED; NULL in any other state.
 * Owned by the stream. */
const GError *cap_stream_get_reason (CapStream *self);
/* See cap_capture_get_description(). */
const char *cap_stream_get_description (CapStream *self);
/* Both owned by the stream. */
CapEngine *cap_stream_get_engine (CapStream *self);
CapTranscript *cap_stream_get_transcript (CapStream *self);

/* When the stream was created, in microseconds of CLOCK_REALTIME. */
gint64 cap_stream_get_epoch (CapStream *self);
/* How much audio the stream has captured. */
double cap_stream_get_audio_seconds (CapStream *self);
/* How much of the audio was lost before an engine got it: speech only, and all
 * audio that the capture lost. */
double cap_stream_get_lost_seconds (CapStream *self);

G_END_DECLS
