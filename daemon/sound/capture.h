/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/audio-graph.h"

G_BEGIN_DECLS

typedef enum
{
  CAP_CAPTURE_STOPPED,  /* no node of ours exists */
  CAP_CAPTURE_STARTING, /* on its way to one of the next two */
  CAP_CAPTURE_WAITING,  /* the source is not there, or not what is linked */
  CAP_CAPTURE_LINKED,   /* linked to what the source allows, or armed on an
                         * idle output that will be heard when it plays */
} CapCaptureState;

/* Sound of one source as 24 kHz mono S16, and never one sample of another:
 * audio is passed on only when the audio server has confirmed, after it was
 * captured, that nothing but the source was linked. Recovers by itself from
 * whatever happens to the source and to the audio server.
 *
 * Signals:
 *  ::audio (gint64 time, gpointer samples, guint n_frames)
 *             time is CLOCK_BOOTTIME in microseconds of the first frame;
 *             samples (const gint16 *) are valid during the emission
 *  ::paused   audio came, and now has not for half a second
 *  ::changed  state, reason or description changed
 */
#define CAP_TYPE_CAPTURE (cap_capture_get_type ())
G_DECLARE_FINAL_TYPE (CapCapture, cap_capture, CAP, CAPTURE, GObject)

/* Makes no node yet. */
CapCapture *cap_capture_new (CapAudioGraph *graph, const CapSource *source);

/* Both may be called in any state. After stop no node of ours is left and no
 * ::audio comes. */
void cap_capture_start (CapCapture *self);
void cap_capture_stop (CapCapture *self);

CapCaptureState cap_capture_get_state (CapCapture *self);

/* Why the state is WAITING (CAP_ERROR_NO_SUCH_SOURCE,
 * CAP_ERROR_AUDIO_UNAVAILABLE, CAP_ERROR_POLICY_REFUSED when something else
 * was linked to us); NULL otherwise. Owned by the capture. */
const GError *cap_capture_get_reason (CapCapture *self);

/* What is linked, for people, for example "Built-in Audio Analog Stereo" or
 * "Firefox, 2 streams"; the empty string when nothing is. */
const char *cap_capture_get_description (CapCapture *self);

/* Frames that were captured but had to be thrown away, because
 * the main loop did not take them in time. */
guint64 cap_capture_get_lost_frames (CapCapture *self);

G_END_DECLS
