/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* What of a stream was sent in one session: a service counts time in the audio
 * that it got, which has no silence between turns that we did not send. Turns
 * its milliseconds into positions. */
typedef struct _CapServiceClock CapServiceClock;

CapServiceClock *cap_service_clock_new (void);
void cap_service_clock_free (CapServiceClock *self);

/* @n_frames from @position on were sent; positions only grow. */
void cap_service_clock_add (CapServiceClock *self, guint64 position, guint64 n_frames);
/* So much silence that is of no position. */
void cap_service_clock_add_silence (CapServiceClock *self, guint64 n_frames);

/* The position where a turn begins, or ends, that the service says is at @ms of
 * its session. Silence of ours counts as what follows, or comes before it. What
 * was not sent yet counts as the last that was. */
guint64 cap_service_clock_begin (CapServiceClock *self, gint64 ms);
guint64 cap_service_clock_end (CapServiceClock *self, gint64 ms);

/* After the last frame that was sent. */
guint64 cap_service_clock_get_position (CapServiceClock *self);

/* Forgets what lies below @position. */
void cap_service_clock_forget (CapServiceClock *self, guint64 position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapServiceClock, cap_service_clock_free)

G_END_DECLS
