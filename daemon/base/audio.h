/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

/* The one format between capture and transcript: mono, signed 16 bit, native
 * byte order. Audio is counted in frames since its stream began: a position
 * is such a count (guint64), and never a time. */
#define CAP_AUDIO_RATE 24000

/* Frames in @ms milliseconds. */
#define CAP_AUDIO_MS(ms) ((guint64) (ms) * CAP_AUDIO_RATE / 1000)
