/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

/* The only audio format between the capture and the transcript: mono, signed
 * 16 bit, native byte order. A position (guint64) is a number of frames since
 * the stream began. It is not a time. */
#define CAP_AUDIO_RATE 24000

/* The number of frames in @ms milliseconds. */
#define CAP_AUDIO_MS(ms) ((guint64) (ms) * CAP_AUDIO_RATE / 1000)
