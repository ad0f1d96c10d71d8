/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/line.h"
#include "base/alarm.h"
#include "realtime/pace.h"

/* What waited goes out faster than it was spoken, so that captions are live
 * again soon; but not all at once, for which services have been seen to hang up
 * (Soniox says so). What a service is slow to read is bounded besides: see
 * cap_realtime_session_get_room(). */
#define CATCH_UP 4
#define BURST CAP_AUDIO_MS (5000)

/* A service that has so little room has not read the last seconds yet. */
#define LITTLE_ROOM CAP_AUDIO_MS (1000)

/* Seconds that a service may give a session; if it seems to give less or more,
 * one of its clock and ours is wrong. */
#define SHORTEST_SESSION 3
#define LONGEST_SESSION (24 * 60 * 60)

/* When push() could not take all for its pace. */
#define HUNGRY_MS 100

struct _CapRealtimeLine
{
  const CapRealtimeLineFuncs *funcs;
  gpointer user_data;

  CapRealtimeSession *session;
  CapRealtimeTurns *turns;
  CapPace pace;
  CapAlarm *alarm;         /* the next hungry() */
  gboolean turn_open;
  gint64 begun, end;       /* monotonic, µs */
};

/* What the service said, as far as our clock agrees that it lies ahead; and at
 * most what such sessions last. */
static gint64
get_lifetime (CapRealtimeSession *session)
{
  guint longest = cap_realtime_session_get_dialect (session)->longest_session;
  gint64 most = longest != 0 ? longest : LONGEST_SESSION;
  gint64 said = cap_realtime_session_get_expires_at (session) - g_get_real_time () / G_USEC_PER_SEC;

  return said > SHORTEST_SESSION ? MIN (said, most) : longest;
}

/* the session */

static void
on_event (CapRealtimeLine *self, const CapEvent *event)
{
  if (event->billed_seconds > 0)
    self->funcs->billed (event->billed_seconds, self->user_data);
  cap_realtime_turns_take (self->turns, event);
}

static void
on_refused (CapRealtimeLine *self, guint fields)
{
  self->funcs->refused (fields, self->user_data);
}

static void
on_ended (CapRealtimeLine *self, const CapFault *fault)
{
  self->funcs->ended (self, fault, self->user_data);
}

static void
on_hungry (gpointer data)
{
  CapRealtimeLine *self = data;

  self->funcs->hungry (self->user_data);
}

static void
on_drained (CapRealtimeLine *self)
{
  cap_alarm_set (self->alarm, 0);
}

CapRealtimeLine *
cap_realtime_line_new (CapRealtimeSession *session, const CapRealtimeLineFuncs *funcs, gpointer user_data)
{
  CapRealtimeLine *self = g_new0 (CapRealtimeLine, 1);
  gint64 lifetime = get_lifetime (session);

  self->funcs = funcs;
  self->user_data = user_data;
  self->session = session;
  self->begun = g_get_monotonic_time ();
  self->end = lifetime > 0 ? self->begun + lifetime * G_USEC_PER_SEC : 0;
  self->turns = cap_realtime_turns_new (cap_realtime_session_has_server_turns (session),
                                        cap_realtime_session_get_dialect (session)->texts_in_order,
                                        &funcs->turns, user_data);
  self->pace = (CapPace) CAP_PACE (CATCH_UP, BURST);
  self->alarm = cap_alarm_new ("realtime-line", on_hungry, self);
  g_signal_connect_swapped (session, "event", G_CALLBACK (on_event), self);
  g_signal_connect_swapped (session, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect_swapped (session, "ended", G_CALLBACK (on_ended), self);
  g_signal_connect_swapped (session, "drained", G_CALLBACK (on_drained), self);
  return self;
}

void
cap_realtime_line_free (CapRealtimeLine *self)
{
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_object_unref (self->session);
  cap_realtime_turns_free (self->turns);
  cap_alarm_free (self->alarm);
  g_free (self);
}

void
cap_realtime_line_close (CapRealtimeLine *self)
{
  cap_realtime_session_close (self->session);
}

void
cap_realtime_line_check (CapRealtimeLine *self)
{
  cap_realtime_session_check (self->session);
}

gint64
cap_realtime_line_get_begun (CapRealtimeLine *self)
{
  return self->begun;
}

gint64
cap_realtime_line_get_end (CapRealtimeLine *self)
{
  return self->end;
}

/* audio */

static gboolean
may_begin (CapRealtimeLine *self)
{
  return !cap_realtime_session_get_dialect (self->session)->one_turn_at_a_time
         || !cap_realtime_turns_is_waiting (self->turns);
}

gsize
cap_realtime_line_push (CapRealtimeLine *self, guint64 position, const gint16 *samples, gsize n_frames)
{
  gsize n = MIN (n_frames, cap_realtime_session_get_room (self->session));

  if (!self->turn_open && !may_begin (self))
    return 0;

  if (n > cap_pace_get_room (&self->pace))
    {
      n = cap_pace_get_room (&self->pace);
      cap_alarm_ensure (self->alarm, HUNGRY_MS);
    }
  if (n == 0)
    return 0;

  if (!self->turn_open)
    {
      self->turn_open = TRUE;
      cap_realtime_session_begin_turn (self->session);
      cap_realtime_turns_begin (self->turns, position);
    }
  cap_pace_spend (&self->pace, n);
  cap_realtime_session_append (self->session, samples, n);
  cap_realtime_turns_sent (self->turns, position, n);
  return n;
}

void
cap_realtime_line_skip (CapRealtimeLine *self, guint64 position, gsize n_frames)
{
  cap_realtime_turns_skipped (self->turns, position, n_frames);
}

void
cap_realtime_line_end_turn (CapRealtimeLine *self, guint64 position, gboolean goes_on)
{
  gboolean behind;

  if (!self->turn_open || (goes_on && cap_realtime_session_has_server_turns (self->session)))
    return;

  self->turn_open = FALSE;
  behind = cap_realtime_session_get_room (self->session) < LITTLE_ROOM;
  cap_realtime_turns_sent_silence (self->turns, cap_realtime_session_end_turn (self->session));
  cap_realtime_turns_end (self->turns, position, behind);
}

gboolean
cap_realtime_line_is_turn_open (CapRealtimeLine *self)
{
  return self->turn_open;
}

gboolean
cap_realtime_line_is_idle (CapRealtimeLine *self)
{
  return !self->turn_open && cap_realtime_turns_is_idle (self->turns);
}

guint64
cap_realtime_line_get_open (CapRealtimeLine *self)
{
  if (cap_realtime_turns_get_position (self->turns) == 0)
    return G_MAXUINT64;

  return cap_realtime_turns_get_open (self->turns);
}
