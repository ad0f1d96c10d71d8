/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"

G_BEGIN_DECLS

/* How fast audio may go to a service that must not be overrun by what was kept
 * for it: @times as fast as it was spoken, after a burst. */
typedef struct
{
  guint times;
  guint64 burst;  /* frames */
  guint64 room;   /* frames, as of then */
  gint64 then;    /* monotonic, µs; 0 before the first */
} CapPace;

#define CAP_PACE(times, burst) { (times), (burst), 0, 0 }

/* How many frames may go now. */
guint64 cap_pace_get_room (CapPace *self);
/* @n_frames, at most the room, have gone. */
void cap_pace_spend (CapPace *self, guint64 n_frames);

G_END_DECLS
