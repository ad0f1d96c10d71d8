/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* Limits how fast audio goes to a service while it catches up: after a burst, at
 * most @times as fast as it was spoken. */
typedef struct
{
  guint times;
  guint64 burst;  /* frames */
  guint64 room;   /* frames that could go at @then */
  gint64 then;    /* monotonic, µs; 0 before the first call */
} CapPace;

#define CAP_PACE(times, burst) { (times), (burst), 0, 0 }

/* How many frames may go now. */
guint64 cap_pace_get_room (CapPace *self);
/* @n_frames, at most as many as could go, have gone. */
void cap_pace_spend (CapPace *self, guint64 n_frames);

G_END_DECLS
