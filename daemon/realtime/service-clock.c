/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/service-clock.h"

typedef struct
{
  guint64 sent;     /* frames of the session before this range */
  guint64 position;
  guint64 n_frames;
} Range;

struct _CapServiceClock
{
  GArray *ranges;   /* of Range, in order; silence lies between them */
  guint64 sent;     /* frames of the session, with added silence */
  guint64 position; /* after the last range */
};

/* private */

static Range *
range_at (CapServiceClock *self, guint i)
{
  return &g_array_index (self->ranges, Range, i);
}

/* A hostile number of milliseconds must not overflow. */
static guint64
frames_of (CapServiceClock *self, gint64 ms)
{
  if (ms <= 0)
    return 0;

  return MIN ((guint64) ms, self->sent / (CAP_AUDIO_RATE / 1000) + 1) * (CAP_AUDIO_RATE / 1000);
}

/* public functions */

CapServiceClock *
cap_service_clock_new (void)
{
  CapServiceClock *self = g_new0 (CapServiceClock, 1);

  self->ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  return self;
}

void
cap_service_clock_free (CapServiceClock *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->ranges);
  g_free (self);
}

void
cap_service_clock_add (CapServiceClock *self, guint64 position, guint64 n_frames)
{
  Range *last;

  g_return_if_fail (self != NULL);

  last = self->ranges->len > 0 ? range_at (self, self->ranges->len - 1) : NULL;
  if (last != NULL && last->position + last->n_frames == position
      && last->sent + last->n_frames == self->sent)
    last->n_frames += n_frames;
  else
    g_array_append_val (self->ranges, ((Range) { self->sent, position, n_frames }));

  self->sent += n_frames;
  self->position = position + n_frames;
}

void
cap_service_clock_add_silence (CapServiceClock *self, guint64 n_frames)
{
  g_return_if_fail (self != NULL);

  self->sent += n_frames;
}

guint64
cap_service_clock_begin (CapServiceClock *self, gint64 ms)
{
  guint64 frame;

  g_return_val_if_fail (self != NULL, 0);

  frame = frames_of (self, ms);
  for (guint i = 0; i < self->ranges->len; i++)
    {
      Range *range = range_at (self, i);

      if (frame < range->sent + range->n_frames)
        return range->position + (frame > range->sent ? frame - range->sent : 0);
    }

  return self->position;
}

guint64
cap_service_clock_end (CapServiceClock *self, gint64 ms)
{
  guint64 frame;

  g_return_val_if_fail (self != NULL, 0);

  frame = frames_of (self, ms);
  for (guint i = self->ranges->len; i > 0; i--)
    {
      Range *range = range_at (self, i - 1);

      if (frame > range->sent)
        return range->position + MIN (frame - range->sent, range->n_frames);
    }

  return self->ranges->len > 0 ? range_at (self, 0)->position : self->position;
}

guint64
cap_service_clock_get_position (CapServiceClock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->position;
}

void
cap_service_clock_forget (CapServiceClock *self, guint64 position)
{
  guint n = 0;

  g_return_if_fail (self != NULL);

  while (n < self->ranges->len && range_at (self, n)->position + range_at (self, n)->n_frames <= position)
    n++;
  g_array_remove_range (self->ranges, 0, n);
}
