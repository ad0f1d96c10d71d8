/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/rollover.h"
#include "base/alarm.h"

/* The next session is opened in the last half of a session's life, or in its
 * last five minutes, and takes over at a pause. In speech without a pause the
 * gate cuts every fifteen seconds: from forty seconds before the end on, such a
 * cut counts as a pause, so that the last twenty seconds are never needed. */
#define LEAD_PART 2
#define LONGEST_LEAD_MS (5 * 60 * 1000)
#define URGENT_US (40 * G_USEC_PER_SEC)

/* The wait after a next session failed to open, or ended before its time. */
#define RETRY_MS 30000

struct _CapRollover
{
  const CapRolloverFuncs *funcs;
  const CapRealtimeLineFuncs *line_funcs;
  gpointer user_data;

  CapRealtimeOpener *opener;      /* borrowed; the next session goes the same way */
  CapRealtimeLine *line;
  CapRealtimeOpener *next_opener; /* while it opens the next session, and after */
  CapRealtimeLine *next;
  CapRealtimeLine *last;
  CapAlarm *alarm;                /* the time to open the next session */
};

/* private */

static void
clear_line (CapRealtimeLine **line)
{
  g_clear_pointer (line, cap_realtime_line_free);
}

static void
drop_next (CapRollover *self)
{
  cap_alarm_clear (self->alarm);
  g_clear_pointer (&self->next_opener, cap_realtime_opener_free);
  clear_line (&self->next);
}

static guint64
drop_lines (CapRollover *self)
{
  guint64 open = G_MAXUINT64;

  if (self->line != NULL)
    open = MIN (open, cap_realtime_line_get_open (self->line));
  if (self->last != NULL)
    open = MIN (open, cap_realtime_line_get_open (self->last));
  clear_line (&self->line);
  clear_line (&self->last);
  return open;
}

/* The moment is random within a part of the lead, so that many clients of one
 * service do not come back together. */
static void
plan_next (CapRollover *self)
{
  gint64 end = cap_realtime_line_get_end (self->line);
  gint64 left = MAX (end - g_get_monotonic_time (), 0) / 1000;
  gint64 lead = MIN (left / LEAD_PART, LONGEST_LEAD_MS);

  if (end == 0)
    cap_alarm_clear (self->alarm);
  else
    cap_alarm_set (self->alarm, left - lead + g_random_int_range (0, lead / 4 + 1));
}

/* callbacks */

/* The current session goes on meanwhile. */
static void
on_next_retrying (const GError *why, gpointer user_data)
{
}

static void
on_next_opened (CapRealtimeSession *session, gpointer user_data)
{
  CapRollover *self = user_data;

  self->next = cap_realtime_line_new (session, self->line_funcs, self->user_data);
  self->funcs->ready (self->user_data);
}

static void
on_next_failed (const GError *why, gpointer user_data)
{
  CapRollover *self = user_data;

  cap_alarm_set (self->alarm, RETRY_MS);
}

static const CapRealtimeOpenerFuncs next_funcs = { NULL, on_next_retrying, on_next_opened, on_next_failed };

static void
on_alarm (gpointer user_data)
{
  CapRollover *self = user_data;

  if (self->line == NULL || !self->funcs->may_open (self->user_data))
    return;

  drop_next (self);
  self->next_opener = cap_realtime_opener_new_beside (self->opener, &next_funcs, self);
  cap_realtime_opener_open_again (self->next_opener, NULL, FALSE);
}

/* public functions */

CapRollover *
cap_rollover_new (const CapRolloverFuncs *funcs, const CapRealtimeLineFuncs *line_funcs, gpointer user_data)
{
  CapRollover *self;

  g_return_val_if_fail (funcs != NULL, NULL);
  g_return_val_if_fail (line_funcs != NULL, NULL);

  self = g_new0 (CapRollover, 1);
  self->funcs = funcs;
  self->line_funcs = line_funcs;
  self->user_data = user_data;
  self->alarm = cap_alarm_new ("realtime-rollover", on_alarm, self);
  return self;
}

void
cap_rollover_free (CapRollover *self)
{
  g_return_if_fail (self != NULL);

  cap_rollover_drop_all (self);
  cap_alarm_free (self->alarm);
  g_free (self);
}

void
cap_rollover_begin (CapRollover *self, CapRealtimeSession *session, CapRealtimeOpener *opener)
{
  g_return_if_fail (self != NULL && self->line == NULL);
  g_return_if_fail (CAP_IS_REALTIME_SESSION (session));
  g_return_if_fail (opener != NULL);

  self->opener = opener;
  self->line = cap_realtime_line_new (session, self->line_funcs, self->user_data);
  plan_next (self);
}

CapRealtimeLine *
cap_rollover_get_line (CapRollover *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->line;
}

gboolean
cap_rollover_is_next (CapRollover *self, CapRealtimeLine *line)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (line != NULL, FALSE);

  return line == self->next;
}

gboolean
cap_rollover_is_idle (CapRollover *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return (self->line == NULL || cap_realtime_line_is_idle (self->line))
         && (self->last == NULL || cap_realtime_line_is_idle (self->last));
}

gboolean
cap_rollover_is_urgent (CapRollover *self)
{
  gint64 end;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->line == NULL || self->next == NULL)
    return FALSE;

  end = cap_realtime_line_get_end (self->line);
  return end != 0 && end - g_get_monotonic_time () < URGENT_US;
}

gboolean
cap_rollover_change_over (CapRollover *self, guint64 position)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->line == NULL || self->next == NULL || self->last != NULL)
    return FALSE;

  /* A turn that was cut for its length is still open at the service. */
  cap_realtime_line_end_turn (self->line, position, FALSE);
  self->last = self->line;
  self->line = g_steal_pointer (&self->next);
  plan_next (self);
  return TRUE;
}

guint64
cap_rollover_replace (CapRollover *self)
{
  guint64 open;

  g_return_val_if_fail (self != NULL, G_MAXUINT64);

  open = drop_lines (self);
  self->line = g_steal_pointer (&self->next);
  drop_next (self);
  if (self->line != NULL)
    plan_next (self);
  return open;
}

void
cap_rollover_close_current (CapRollover *self)
{
  g_return_if_fail (self != NULL && self->line != NULL);

  drop_next (self);
  clear_line (&self->last);
  self->last = g_steal_pointer (&self->line);
  cap_realtime_line_close (self->last);
}

void
cap_rollover_close_last (CapRollover *self)
{
  g_return_if_fail (self != NULL);

  if (self->last != NULL && cap_realtime_line_is_idle (self->last))
    cap_realtime_line_close (self->last);
}

void
cap_rollover_remove (CapRollover *self, CapRealtimeLine *line)
{
  g_return_if_fail (self != NULL);

  if (line == self->next)
    {
      drop_next (self);
      cap_alarm_set (self->alarm, RETRY_MS);
    }
  else if (line == self->line)
    clear_line (&self->line);
  else if (line == self->last)
    clear_line (&self->last);
}

guint64
cap_rollover_drop_all (CapRollover *self)
{
  g_return_val_if_fail (self != NULL, G_MAXUINT64);

  drop_next (self);
  self->opener = NULL;
  return drop_lines (self);
}
