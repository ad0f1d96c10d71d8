/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A clock that rings once, @ms after it was last set. Setting it anew costs
 * no system call and no wake-up: made for deadlines that data keeps pushing
 * ahead. It rings in the thread-default main context of its maker. */
typedef struct _CapAlarm CapAlarm;

typedef void (*CapAlarmFunc) (gpointer data);

CapAlarm *cap_alarm_new (const char *name, CapAlarmFunc func, gpointer data);
void cap_alarm_free (CapAlarm *self);

void cap_alarm_set (CapAlarm *self, guint ms);
/* Only when it is set, and would ring later than that. */
void cap_alarm_shorten (CapAlarm *self, guint ms);
/* Only when it is not set yet. */
void cap_alarm_ensure (CapAlarm *self, guint ms);
void cap_alarm_clear (CapAlarm *self);
gboolean cap_alarm_is_set (CapAlarm *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapAlarm, cap_alarm_free)

G_END_DECLS
