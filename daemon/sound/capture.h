/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/audio-graph.h"

G_BEGIN_DECLS

typedef enum
{
  CAP_CAPTURE_STOPPED,  /* captiond has no node in the graph */
  CAP_CAPTURE_STARTING, /* will be WAITING or LINKED soon */
  CAP_CAPTURE_WAITING,  /* cannot capture now; get_reason() says why */
  CAP_CAPTURE_LINKED,   /* linked to the source and nothing else. An idle output
                         * counts too; its sound arrives when it plays */
} CapCaptureState;

/* Captures one source as 24 kHz mono S16, without one sample of any other source:
 * the capture releases audio only after the audio server has confirmed that
 * nothing but the source was linked while it was captured. The capture recovers
 * when the source or the audio server disappears, hangs or comes back.
 *
 * Signals:
 *  ::audio (gint64 time, gpointer samples, guint n_frames)
 *             time: of the first frame, in microseconds of CLOCK_BOOTTIME;
 *             samples (const gint16 *): valid during the emission
 *  ::paused   no audio has arrived for half a second
 *  ::changed  the state, reason or description changed
 */
#define CAP_TYPE_CAPTURE (cap_capture_get_type ())
G_DECLARE_FINAL_TYPE (CapCapture, cap_capture, CAP, CAPTURE, GObject)

/* The new capture is STOPPED. */
CapCapture *cap_capture_new (CapAudioGraph *graph, const CapSource *source);

/* Both may be called in any state. After stop, the node is gone from the graph and
 * no ::audio follows. */
void cap_capture_start (CapCapture *self);
void cap_capture_stop (CapCapture *self);

CapCaptureState cap_capture_get_state (CapCapture *self);

/* Why the state is WAITING: CAP_ERROR_NO_SUCH_SOURCE, CAP_ERROR_AUDIO_UNAVAILABLE,
 * or CAP_ERROR_POLICY_REFUSED if another program linked a different source. NULL
 * in any other state. Owned by the capture. */
const GError *cap_capture_get_reason (CapCapture *self);

/* The linked source as the user knows it, for example "Built-in Audio Analog
 * Stereo" or "Firefox, 2 streams"; the empty string unless LINKED. */
const char *cap_capture_get_description (CapCapture *self);

/* The number of captured frames that were lost because the main loop did not read
 * them in time. */
guint64 cap_capture_get_lost_frames (CapCapture *self);

G_END_DECLS
