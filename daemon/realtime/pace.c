/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/pace.h"

guint64
cap_pace_get_room (CapPace *self)
{
  gint64 now = g_get_monotonic_time ();
  guint64 elapsed, more;

  g_return_val_if_fail (self != NULL, 0);

  elapsed = MIN (now - self->then, 60 * G_USEC_PER_SEC);
  more = elapsed * self->times * CAP_AUDIO_RATE / G_USEC_PER_SEC;
  if (self->then == 0 || self->room + more >= self->burst)
    {
      self->room = self->burst;
      self->then = now;
    }
  else if (more > 0)
    {
      self->room += more;
      self->then = now;
    }

  return self->room;
}

void
cap_pace_spend (CapPace *self, guint64 n_frames)
{
  g_return_if_fail (self != NULL);

  self->room -= MIN (n_frames, self->room);
}
