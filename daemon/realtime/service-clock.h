/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* Converts the times of one session into positions of the stream. A service counts
 * time in the audio that it got, which differs from the stream: silence between
 * turns is left out, and silence after turns is added. */
typedef struct _CapServiceClock CapServiceClock;

CapServiceClock *cap_service_clock_new (void);
void cap_service_clock_free (CapServiceClock *self);

/* @n_frames from @position on were sent. Positions only grow. */
void cap_service_clock_add (CapServiceClock *self, guint64 position, guint64 n_frames);
/* @n_frames of silence were sent that the stream does not have. */
void cap_service_clock_add_silence (CapServiceClock *self, guint64 n_frames);

/* The position of a turn's begin, or end, which the service put at @ms of its
 * session. A begin in added silence counts as that of the audio after it, an end
 * there as that of the audio before it. A time beyond everything that was sent
 * counts as the last position. */
guint64 cap_service_clock_begin (CapServiceClock *self, gint64 ms);
guint64 cap_service_clock_end (CapServiceClock *self, gint64 ms);

/* The position after the last frame that was sent. */
guint64 cap_service_clock_get_position (CapServiceClock *self);

/* Times that lie before @position will not be asked for any more. */
void cap_service_clock_forget (CapServiceClock *self, guint64 position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapServiceClock, cap_service_clock_free)

G_END_DECLS
