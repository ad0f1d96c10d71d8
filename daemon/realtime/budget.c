/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/budget-private.h"
#include "base/alarm.h"
#include "base/audio.h"
#include "dbus/error.h"
#include "realtime/state-file.h"

#include <time.h>

#define KEY_LIMIT "daily-minutes"
#define GROUP "today"
#define KEY_DATE "date"
#define KEY_SECONDS "seconds"

#define SAVE_MS (60 * 1000)

/* How often the date is compared while the budget is exhausted: the alarm's clock
 * stands still while the machine sleeps, and does not follow a clock that is
 * set. */
#define LOOK_MS (60 * 60 * 1000)

/* More than all streams together can send in a day: a larger number is damage. */
#define MOST_SECONDS (100.0 * 24 * 60 * 60)

/* struct */

struct _CapBudget
{
  GObject parent_instance;

  GSettings *settings;
  CapStateFile *file;
  gint64 (*now) (gpointer user_data);
  gpointer now_data;

  guint date;         /* on which frames were sent, as 20261231 */
  guint64 frames;
  gboolean exhausted; /* as ::changed announced it last */

  CapAlarm *saving;   /* set while the file is behind */
  CapAlarm *telling;  /* emits ::changed outside of any call */
  CapAlarm *midnight; /* set while exhausted */
};

/* signals */

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapBudget, cap_budget, G_TYPE_OBJECT)

static gint64 real_now (gpointer user_data);
static void on_saving (gpointer user_data);
static void on_telling (gpointer user_data);
static void on_midnight (gpointer user_data);

/* lifecycle */

static void
cap_budget_dispose (GObject *object)
{
  CapBudget *self = CAP_BUDGET (object);

  if (self->saving != NULL)
    cap_budget_flush (self);
  g_clear_pointer (&self->saving, cap_alarm_free);
  g_clear_pointer (&self->telling, cap_alarm_free);
  g_clear_pointer (&self->midnight, cap_alarm_free);

  G_OBJECT_CLASS (cap_budget_parent_class)->dispose (object);
}

static void
cap_budget_finalize (GObject *object)
{
  CapBudget *self = CAP_BUDGET (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->file, cap_state_file_free);

  G_OBJECT_CLASS (cap_budget_parent_class)->finalize (object);
}

static void
cap_budget_init (CapBudget *self)
{
  self->now = real_now;
  self->saving = cap_alarm_new ("budget saving", on_saving, self);
  self->telling = cap_alarm_new ("budget telling", on_telling, self);
  self->midnight = cap_alarm_new ("budget midnight", on_midnight, self);
}

static void
cap_budget_class_init (CapBudgetClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_budget_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_budget_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_BUDGET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

/* private: the file */

static void
save (CapBudget *self)
{
  g_autoptr (GKeyFile) content = g_key_file_new ();

  cap_alarm_clear (self->saving);
  g_key_file_set_integer (content, GROUP, KEY_DATE, self->date);
  g_key_file_set_double (content, GROUP, KEY_SECONDS, (double) self->frames / CAP_AUDIO_RATE);
  cap_state_file_write (self->file, content);
}

static void
load (CapBudget *self)
{
  g_autoptr (GKeyFile) content = cap_state_file_read (self->file);
  double seconds;
  int date;

  date = g_key_file_get_integer (content, GROUP, KEY_DATE, NULL);
  seconds = g_key_file_get_double (content, GROUP, KEY_SECONDS, NULL);
  if (date > 0 && seconds > 0 && seconds <= MOST_SECONDS)
    {
      self->date = date;
      self->frames = seconds * CAP_AUDIO_RATE;
    }
}

/* dates */

static gint64
real_now (gpointer user_data)
{
  return g_get_real_time ();
}

static struct tm
local_time (CapBudget *self)
{
  time_t now = self->now (self->now_data) / G_USEC_PER_SEC;
  struct tm local;

  /* The time zone may change while captiond runs. */
  tzset ();
  localtime_r (&now, &local);
  return local;
}

static guint
today (CapBudget *self)
{
  struct tm local = local_time (self);

  return (local.tm_year + 1900) * 10000 + (local.tm_mon + 1) * 100 + local.tm_mday;
}

static guint
ms_to_midnight (CapBudget *self)
{
  struct tm local = local_time (self);
  gint64 wait;

  local.tm_mday++;
  local.tm_hour = local.tm_min = local.tm_sec = 0;
  local.tm_isdst = -1;
  wait = (gint64) mktime (&local) * 1000 - self->now (self->now_data) / 1000;
  return wait > 0 && wait < LOOK_MS ? wait + 1 : LOOK_MS;
}

/* private methods */

/* Compares the spent minutes with the limit, and lets the alarms announce a
 * change. */
static gboolean
look (CapBudget *self)
{
  guint64 limit = (guint64) g_settings_get_uint (self->settings, KEY_LIMIT) * 60 * CAP_AUDIO_RATE;
  /* This runs for every piece of audio: the date comes last because it costs the
   * most. */
  gboolean exhausted = limit > 0 && self->frames >= limit && self->date == today (self);

  if (exhausted != self->exhausted)
    cap_alarm_ensure (self->telling, 0);
  if (!exhausted)
    cap_alarm_clear (self->midnight);
  else
    cap_alarm_ensure (self->midnight, ms_to_midnight (self));

  return exhausted;
}

/* callbacks */

static void
on_telling (gpointer user_data)
{
  CapBudget *self = user_data;
  gboolean exhausted = look (self);

  cap_alarm_clear (self->telling);
  if (exhausted == self->exhausted)
    return;

  self->exhausted = exhausted;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_midnight (gpointer user_data)
{
  look (user_data);
}

static void
on_saving (gpointer user_data)
{
  save (user_data);
}

static void
on_limit_changed (CapBudget *self)
{
  look (self);
}

/* public methods */

CapBudget *
cap_budget_new (GSettings *settings, const char *path)
{
  CapBudget *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (CAP_TYPE_BUDGET, NULL);
  self->settings = g_object_ref (settings);
  self->file = cap_state_file_new (path, "minutes");
  load (self);
  g_signal_connect_object (settings, "changed::" KEY_LIMIT, G_CALLBACK (on_limit_changed), self,
                           G_CONNECT_SWAPPED);
  self->exhausted = look (self);
  return self;
}

void
cap_budget_spend (CapBudget *self, gsize n_frames)
{
  guint date;

  g_return_if_fail (CAP_IS_BUDGET (self));

  if (n_frames == 0)
    return;

  date = today (self);
  self->frames = (date == self->date ? self->frames : 0) + n_frames;
  self->date = date;
  cap_alarm_ensure (self->saving, SAVE_MS);
  look (self);
}

gboolean
cap_budget_is_exhausted (CapBudget *self)
{
  g_return_val_if_fail (CAP_IS_BUDGET (self), FALSE);

  return look (self);
}

double
cap_budget_get_seconds (CapBudget *self)
{
  g_return_val_if_fail (CAP_IS_BUDGET (self), 0);

  return self->date == today (self) ? (double) self->frames / CAP_AUDIO_RATE : 0;
}

GError *
cap_budget_make_error (CapBudget *self)
{
  guint minutes;

  g_return_val_if_fail (CAP_IS_BUDGET (self), NULL);

  minutes = g_settings_get_uint (self->settings, KEY_LIMIT);
  return g_error_new (CAP_ERROR, CAP_ERROR_BUDGET_EXHAUSTED,
                      "The limit of %u %s of speech a day is reached, and captiond sends no speech to "
                      "services until midnight. To raise it: "
                      "gsettings set org.captiond daily-minutes MINUTES",
                      minutes, minutes == 1 ? "minute" : "minutes");
}

void
cap_budget_flush (CapBudget *self)
{
  g_return_if_fail (CAP_IS_BUDGET (self));

  if (cap_alarm_is_set (self->saving))
    save (self);
  cap_state_file_flush (self->file);
}

void
cap_budget_set_clock (CapBudget *self, gint64 (*now) (gpointer user_data), gpointer user_data)
{
  g_return_if_fail (CAP_IS_BUDGET (self));
  g_return_if_fail (now != NULL);

  self->now = now;
  self->now_data = user_data;
  cap_alarm_clear (self->midnight);
  self->exhausted = look (self);
  cap_alarm_clear (self->telling);
}
