/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/line.h"
#include "base/alarm.h"
#include "realtime/pace.h"
#include "realtime/turn-sender.h"

/* Audio that waited is sent faster than it was spoken, so that captions are live
 * again soon; but not all at once, because some services hang up then (Soniox
 * documents it). cap_realtime_session_get_room() limits it further where a
 * service reads slowly. */
#define CATCH_UP 4
#define BURST CAP_AUDIO_MS (5000)

/* Seconds that a session may last. Where the service seems to give it less, or
 * more, its clock or ours is wrong. */
#define SHORTEST_SESSION 3
#define LONGEST_SESSION (24 * 60 * 60)

/* How soon hungry() follows after the pace limited a push(). */
#define HUNGRY_MS 100

struct _CapRealtimeLine
{
  const CapRealtimeLineFuncs *funcs;
  gpointer user_data;

  CapRealtimeSession *session;
  CapRealtimeTurns *turns;
  CapPace pace;
  CapAlarm *alarm;         /* calls hungry() */
  gboolean turn_open;
  gint64 begun, end;       /* monotonic, µs */
};

/* private */

static gboolean
may_begin (CapRealtimeLine *self)
{
  return !cap_realtime_session_get_dialect (self->session)->one_turn_at_a_time
         || !cap_realtime_turns_is_waiting (self->turns);
}

/* Seconds; 0 where it is unknown. The service's own answer counts where our clock
 * agrees that it lies ahead, up to what its sessions last at most. */
static gint64
get_lifetime (CapRealtimeSession *session)
{
  guint longest = cap_realtime_session_get_dialect (session)->longest_session;
  gint64 most = longest != 0 ? longest : LONGEST_SESSION;
  gint64 said = cap_realtime_session_get_expires_at (session) - g_get_real_time () / G_USEC_PER_SEC;

  return said > SHORTEST_SESSION ? MIN (said, most) : longest;
}

/* callbacks of the session */

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
on_alarm (gpointer user_data)
{
  CapRealtimeLine *self = user_data;

  self->funcs->hungry (self->user_data);
}

static void
on_drained (CapRealtimeLine *self)
{
  cap_alarm_set (self->alarm, 0);
}

/* public functions */

CapRealtimeLine *
cap_realtime_line_new (CapRealtimeSession *session, const CapRealtimeLineFuncs *funcs, gpointer user_data)
{
  CapRealtimeLine *self;
  gint64 lifetime;

  g_return_val_if_fail (CAP_IS_REALTIME_SESSION (session), NULL);
  g_return_val_if_fail (funcs != NULL, NULL);

  self = g_new0 (CapRealtimeLine, 1);
  lifetime = get_lifetime (session);
  self->funcs = funcs;
  self->user_data = user_data;
  self->session = session;
  self->begun = g_get_monotonic_time ();
  self->end = lifetime > 0 ? self->begun + lifetime * G_USEC_PER_SEC : 0;
  self->turns = cap_realtime_turns_new (cap_realtime_session_has_server_turns (session),
                                        cap_realtime_session_get_dialect (session)->texts_in_order,
                                        &funcs->turns, user_data);
  self->pace = (CapPace) CAP_PACE (CATCH_UP, BURST);
  self->alarm = cap_alarm_new ("realtime-line", on_alarm, self);
  g_signal_connect_swapped (session, "event", G_CALLBACK (on_event), self);
  g_signal_connect_swapped (session, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect_swapped (session, "ended", G_CALLBACK (on_ended), self);
  g_signal_connect_swapped (session, "drained", G_CALLBACK (on_drained), self);
  return self;
}

void
cap_realtime_line_free (CapRealtimeLine *self)
{
  g_return_if_fail (self != NULL);

  g_signal_handlers_disconnect_by_data (self->session, self);
  g_object_unref (self->session);
  cap_realtime_turns_free (self->turns);
  cap_alarm_free (self->alarm);
  g_free (self);
}

void
cap_realtime_line_close (CapRealtimeLine *self)
{
  g_return_if_fail (self != NULL);

  cap_realtime_session_close (self->session);
}

void
cap_realtime_line_check (CapRealtimeLine *self)
{
  g_return_if_fail (self != NULL);

  cap_realtime_session_check (self->session);
}

gint64
cap_realtime_line_get_begun (CapRealtimeLine *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->begun;
}

gint64
cap_realtime_line_get_end (CapRealtimeLine *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->end;
}

gsize
cap_realtime_line_push (CapRealtimeLine *self, guint64 position, const gint16 *samples, gsize n_frames)
{
  gsize n;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (samples != NULL || n_frames == 0, 0);

  n = MIN (n_frames, cap_realtime_session_get_room (self->session));
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
  g_return_if_fail (self != NULL);

  cap_realtime_turns_skipped (self->turns, position, n_frames);
}

void
cap_realtime_line_end_turn (CapRealtimeLine *self, guint64 position, gboolean goes_on)
{
  gboolean behind;

  g_return_if_fail (self != NULL);

  if (!self->turn_open || (goes_on && cap_realtime_session_has_server_turns (self->session)))
    return;

  self->turn_open = FALSE;
  behind = cap_realtime_session_get_room (self->session) < CAP_TURN_SENDER_LITTLE_ROOM;
  cap_realtime_turns_sent_silence (self->turns, cap_realtime_session_end_turn (self->session));
  cap_realtime_turns_end (self->turns, position, behind);
}

gboolean
cap_realtime_line_is_turn_open (CapRealtimeLine *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->turn_open;
}

gboolean
cap_realtime_line_is_idle (CapRealtimeLine *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return !self->turn_open && cap_realtime_turns_is_idle (self->turns);
}

guint64
cap_realtime_line_get_open (CapRealtimeLine *self)
{
  g_return_val_if_fail (self != NULL, G_MAXUINT64);

  if (cap_realtime_turns_get_position (self->turns) == 0)
    return G_MAXUINT64;

  return cap_realtime_turns_get_open (self->turns);
}
