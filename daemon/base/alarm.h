/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A timeout that fires once, @ms milliseconds after it was last set. Setting
 * it again costs no system call and no wake-up, so it suits deadlines that
 * incoming data keeps postponing. The callback runs in the main context that
 * was the thread's default when the alarm was made. */
typedef struct _CapAlarm CapAlarm;

typedef void (*CapAlarmFunc) (gpointer user_data);

/* @name: a static string, for debuggers. The new alarm is not set. */
CapAlarm *cap_alarm_new (const char *name, CapAlarmFunc func, gpointer user_data);
void cap_alarm_free (CapAlarm *self);

void cap_alarm_set (CapAlarm *self, guint ms);
/* Moves the alarm forward if it is set and would fire later than in @ms. */
void cap_alarm_shorten (CapAlarm *self, guint ms);
/* Sets the alarm unless it is set already. */
void cap_alarm_ensure (CapAlarm *self, guint ms);
void cap_alarm_clear (CapAlarm *self);
gboolean cap_alarm_is_set (CapAlarm *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapAlarm, cap_alarm_free)

G_END_DECLS
