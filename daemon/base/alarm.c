/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/alarm.h"

struct _CapAlarm
{
  GSource source;

  CapAlarmFunc func;
  gpointer user_data;
};

static gboolean
alarm_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  CapAlarm *self = (CapAlarm *) source;

  /* When the main loop runs late, a source that was dispatched before this one
   * may have set the alarm again. */
  if (!cap_alarm_is_set (self) || g_source_get_ready_time (source) > g_get_monotonic_time ())
    return G_SOURCE_CONTINUE;

  cap_alarm_clear (self);
  self->func (self->user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs alarm_funcs = { NULL, NULL, alarm_dispatch, NULL, NULL, NULL };

CapAlarm *
cap_alarm_new (const char *name, CapAlarmFunc func, gpointer user_data)
{
  g_return_val_if_fail (name != NULL, NULL);

  GSource *source = g_source_new (&alarm_funcs, sizeof (CapAlarm));
  CapAlarm *self = (CapAlarm *) source;

  self->func = func;
  self->user_data = user_data;
  g_source_set_static_name (source, name);
  g_source_attach (source, g_main_context_get_thread_default ());
  return self;
}

void
cap_alarm_free (CapAlarm *self)
{
  g_return_if_fail (self != NULL);

  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

void
cap_alarm_set (CapAlarm *self, guint ms)
{
  g_return_if_fail (self != NULL);

  g_source_set_ready_time (&self->source, g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND);
}

void
cap_alarm_shorten (CapAlarm *self, guint ms)
{
  gint64 then = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  g_return_if_fail (self != NULL);

  if (g_source_get_ready_time (&self->source) > then)
    g_source_set_ready_time (&self->source, then);
}

void
cap_alarm_ensure (CapAlarm *self, guint ms)
{
  g_return_if_fail (self != NULL);

  if (!cap_alarm_is_set (self))
    cap_alarm_set (self, ms);
}

void
cap_alarm_clear (CapAlarm *self)
{
  g_return_if_fail (self != NULL);

  g_source_set_ready_time (&self->source, -1);
}

gboolean
cap_alarm_is_set (CapAlarm *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return g_source_get_ready_time (&self->source) >= 0;
}
