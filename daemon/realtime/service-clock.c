/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/service-clock.h"

typedef struct
{
  guint64 sent;     /* frames of the session before it */
  guint64 position;
  guint64 n_frames;
} Range;

struct _CapServiceClock
{
  GArray *ranges;   /* of Range, in order; silence lies between them */
  guint64 sent;     /* frames, with the silence */
  guint64 position; /* after the last range */
};

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
  g_array_unref (self->ranges);
  g_free (self);
}

static Range *
range_at (CapServiceClock *self, guint i)
{
  return &g_array_index (self->ranges, Range, i);
}

void
cap_service_clock_add (CapServiceClock *self, guint64 position, guint64 n_frames)
{
  Range *last = self->ranges->len > 0 ? range_at (self, self->ranges->len - 1) : NULL;

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
  self->sent += n_frames;
}

/* A hostile number must not overflow. */
static guint64
frames_of (CapServiceClock *self, gint64 ms)
{
  if (ms <= 0)
    return 0;

  return MIN ((guint64) ms, self->sent / (CAP_AUDIO_RATE / 1000) + 1) * (CAP_AUDIO_RATE / 1000);
}

guint64
cap_service_clock_begin (CapServiceClock *self, gint64 ms)
{
  guint64 frame = frames_of (self, ms);

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
  guint64 frame = frames_of (self, ms);

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
  return self->position;
}

void
cap_service_clock_forget (CapServiceClock *self, guint64 position)
{
  guint n = 0;

  while (n < self->ranges->len && range_at (self, n)->position + range_at (self, n)->n_frames <= position)
    n++;
  g_array_remove_range (self->ranges, 0, n);
}
