/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/budget.h"
#include "base/alarm.h"
#include "base/audio.h"
#include "dbus/error.h"

#include <time.h>

#define KEY_LIMIT "daily-minutes"
#define GROUP "today"
#define KEY_DATE "date"
#define KEY_SECONDS "seconds"

#define SAVE_MS (60 * 1000)

/* The alarm's clock stands still while the machine sleeps, and knows nothing of
 * a date that was set. */
#define LOOK_MS (60 * 60 * 1000)

/* More than all streams can send in a day. */
#define MOST_SECONDS (100.0 * 24 * 60 * 60)

/* The file: the disk may take its time, so that a thread of its own writes. */
typedef struct
{
  gatomicrefcount ref_count;
  char *path;
  GMutex lock;
  guint written; /* number of the newest text on the disk */
} Store;

/* What is to be written. */
typedef struct
{
  Store *store;
  char *text;
  guint number;
} Page;

/* struct */

struct _CapBudget
{
  GObject parent_instance;

  GSettings *settings;
  Store *store;
  gint64 (*now) (gpointer data);
  gpointer now_data;

  guint date;         /* 20261231: the day that frames were sent in */
  guint64 frames;
  gboolean exhausted; /* as was told */
  guint n_pages;

  CapAlarm *saving;   /* set while the file is behind */
  CapAlarm *telling;
  CapAlarm *midnight; /* set while exhausted */
};

/* signals */

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapBudget, cap_budget, G_TYPE_OBJECT)

/* store */

static Store *
store_new (const char *path)
{
  Store *store = g_new0 (Store, 1);

  g_atomic_ref_count_init (&store->ref_count);
  g_mutex_init (&store->lock);
  store->path = path != NULL ? g_strdup (path)
                             : g_build_filename (g_get_user_state_dir (), "captiond", "minutes", NULL);
  return store;
}

static void
store_unref (Store *store)
{
  if (!g_atomic_ref_count_dec (&store->ref_count))
    return;

  g_mutex_clear (&store->lock);
  g_free (store->path);
  g_free (store);
}

static void
page_free (gpointer data)
{
  Page *page = data;

  store_unref (page->store);
  g_free (page->text);
  g_free (page);
}

/* In the order of numbers, whichever thread comes first. */
static void
page_write (Page *page)
{
  Store *store = page->store;
  g_autofree char *folder = g_path_get_dirname (store->path);
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&store->lock);
  if (page->number > store->written)
    {
      store->written = page->number;
      g_mkdir_with_parents (folder, 0700);
      if (!g_file_set_contents_full (store->path, page->text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        g_warning ("How much was sent to services today cannot be kept: %s", error->message);
    }
  g_mutex_unlock (&store->lock);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  page_write (data);
}

static Page *
make_page (CapBudget *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  Page *page = g_new0 (Page, 1);

  g_key_file_set_integer (file, GROUP, KEY_DATE, self->date);
  g_key_file_set_double (file, GROUP, KEY_SECONDS, (double) self->frames / CAP_AUDIO_RATE);
  page->text = g_key_file_to_data (file, NULL, NULL);
  page->store = self->store;
  g_atomic_ref_count_inc (&self->store->ref_count);
  page->number = ++self->n_pages;
  return page;
}

static void
load (CapBudget *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  double seconds;
  int date;

  if (!g_key_file_load_from_file (file, self->store->path, G_KEY_FILE_NONE, NULL))
    return;

  date = g_key_file_get_integer (file, GROUP, KEY_DATE, NULL);
  seconds = g_key_file_get_double (file, GROUP, KEY_SECONDS, NULL);
  if (date > 0 && seconds > 0 && seconds <= MOST_SECONDS)
    {
      self->date = date;
      self->frames = seconds * CAP_AUDIO_RATE;
    }
}

/* dates */

static gint64
real_now (gpointer data)
{
  return g_get_real_time ();
}

static struct tm
local_time (CapBudget *self)
{
  time_t now = self->now (self->now_data) / G_USEC_PER_SEC;
  struct tm local;

  /* Who travels changes the zone of a daemon that runs. */
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

/* A call may have found out what nobody was told yet. */
static gboolean
look (CapBudget *self)
{
  guint64 limit = (guint64) g_settings_get_uint (self->settings, KEY_LIMIT) * 60 * CAP_AUDIO_RATE;
  /* Asked with every piece of sound: the date last, which costs the most. */
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
on_telling (gpointer data)
{
  CapBudget *self = data;
  gboolean exhausted = look (self);

  cap_alarm_clear (self->telling);
  if (exhausted == self->exhausted)
    return;

  self->exhausted = exhausted;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_midnight (gpointer data)
{
  look (data);
}

static void
on_saving (gpointer data)
{
  CapBudget *self = data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, make_page (self), page_free);
  g_task_run_in_thread (task, write_in_thread);
}

static void
on_limit_changed (CapBudget *self)
{
  look (self);
}

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
  store_unref (self->store);

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

  signals[CHANGED] = g_signal_new ("changed", CAP_TYPE_BUDGET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

/* public methods */

CapBudget *
cap_budget_new (GSettings *settings, const char *path)
{
  CapBudget *self = g_object_new (CAP_TYPE_BUDGET, NULL);

  self->settings = g_object_ref (settings);
  self->store = store_new (path);
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

  g_assert (CAP_IS_BUDGET (self));

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
  g_assert (CAP_IS_BUDGET (self));

  return look (self);
}

double
cap_budget_get_seconds (CapBudget *self)
{
  g_assert (CAP_IS_BUDGET (self));

  return self->date == today (self) ? (double) self->frames / CAP_AUDIO_RATE : 0;
}

GError *
cap_budget_make_error (CapBudget *self)
{
  guint minutes = g_settings_get_uint (self->settings, KEY_LIMIT);

  return g_error_new (CAP_ERROR, CAP_ERROR_BUDGET_EXHAUSTED,
                      "The limit of %u %s of speech a day is reached, and services are sent nothing until "
                      "midnight. To raise it: gsettings set org.captiond daily-minutes MINUTES",
                      minutes, minutes == 1 ? "minute" : "minutes");
}

void
cap_budget_flush (CapBudget *self)
{
  Page *page;

  g_assert (CAP_IS_BUDGET (self));

  /* What a thread has in hand is not written before its turn, nor after. */
  if (self->date == 0 || (!cap_alarm_is_set (self->saving) && self->n_pages == 0))
    return;

  cap_alarm_clear (self->saving);
  page = make_page (self);
  page_write (page);
  page_free (page);
}

void
cap_budget_set_clock (CapBudget *self, gint64 (*now) (gpointer data), gpointer data)
{
  self->now = now;
  self->now_data = data;
  cap_alarm_clear (self->midnight);
  self->exhausted = look (self);
  cap_alarm_clear (self->telling);
}
