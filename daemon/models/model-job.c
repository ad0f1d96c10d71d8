/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/model-job.h"
#include "dbus/error.h"
#include "models/install.h"
#include "models/store.h"

#include <unistd.h>

#define PROGRESS_MS 100
#define ABANDON_US (2 * G_TIME_SPAN_SECOND)

/* struct */

typedef enum
{
  PHASE_WAITING, /* → RUNNING: start(). OVER: cancel() before the first step, or abandon() */
  PHASE_RUNNING, /* → WAITING: the thread has ended, and another step follows
                  * → OVER: the last one has ended, or abandon() */
  PHASE_OVER,
} Phase;

struct _CapModelJob
{
  GObject parent_instance;

  Phase phase;
  char *folder;
  char *id;
  char **ids;
  GPtrArray *entries; /* of CapModelEntry, those that are not in place; NULL for a removal */
  gboolean prepared;  /* the first entry can be put in place */
  char *import;
  GCancellable *cancellable;

  /* Shared with the thread, under the lock. */
  GMutex lock;
  GCond ended;
  gboolean at_work;
  gboolean abandoned;
  const char *stage;
  guint64 done, total;
  guint tell; /* a source of the main context */
};

/* signals */

enum
{
  SIGNAL_PROGRESS,
  SIGNAL_STEPPED,
  SIGNAL_DONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* type */

G_DEFINE_FINAL_TYPE (CapModelJob, cap_model_job, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_model_job_init (CapModelJob *self)
{
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->ended);
}

static void
cap_model_job_finalize (GObject *object)
{
  CapModelJob *self = CAP_MODEL_JOB (object);

  g_object_unref (self->cancellable);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_strfreev (self->ids);
  g_free (self->folder);
  g_free (self->id);
  g_free (self->import);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->ended);

  G_OBJECT_CLASS (cap_model_job_parent_class)->finalize (object);
}

static void
cap_model_job_class_init (CapModelJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cap_model_job_finalize;

  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", CAP_TYPE_MODEL_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_UINT64, G_TYPE_UINT64);
  signals[SIGNAL_STEPPED] = g_signal_new ("stepped", CAP_TYPE_MODEL_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_DONE] = g_signal_new ("done", CAP_TYPE_MODEL_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_ERROR);
}

/* private: progress */

static gboolean
on_tell (gpointer user_data)
{
  CapModelJob *self = user_data;
  const char *stage;
  guint64 done, total;

  g_mutex_lock (&self->lock);
  self->tell = 0;
  g_mutex_unlock (&self->lock);

  if (self->phase == PHASE_RUNNING && cap_model_job_get_progress (self, &stage, &done, &total))
    g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, stage, done, total);
  return G_SOURCE_REMOVE;
}

/* Runs in the thread. */
static void
on_progress (const char *stage, guint64 done, guint64 total, gpointer user_data)
{
  CapModelJob *self = user_data;

  g_mutex_lock (&self->lock);
  self->stage = stage;
  self->done = done;
  self->total = total;
  if (self->tell == 0)
    self->tell = g_timeout_add_full (G_PRIORITY_DEFAULT, PROGRESS_MS, on_tell, g_object_ref (self),
                                     g_object_unref);
  g_mutex_unlock (&self->lock);
}

/* private: the thread */

static gboolean
take_step (CapModelJob *self, GError **error)
{
  CapModelEntry *entry;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (self->entries == NULL)
    return cap_store_remove (self->folder, self->id, error);

  entry = g_ptr_array_index (self->entries, 0);
  if (self->prepared)
    return cap_install_put (entry, self->folder, on_progress, self, error);
  return cap_install_prepare (entry, self->folder, self->import, NULL, on_progress, self, self->cancellable,
                              error);
}

static gboolean
is_abandoned (CapModelJob *self)
{
  gboolean abandoned;

  g_mutex_lock (&self->lock);
  abandoned = self->abandoned;
  g_mutex_unlock (&self->lock);
  return abandoned;
}

static gboolean
work (CapModelJob *self, GError **error)
{
  gboolean good;
  int lock;

  if (self->entries != NULL && self->entries->len == 0)
    return TRUE;
  lock = cap_store_lock (self->folder, error);
  if (lock < 0)
    return FALSE;

  good = take_step (self, error);
  if (g_cancellable_is_cancelled (self->cancellable) && !is_abandoned (self))
    for (char **id = self->ids; *id != NULL; id++)
      cap_store_forget (self->folder, *id);
  close (lock);
  return good;
}

static void
work_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  CapModelJob *self = source;
  GError *error = NULL;

  if (work (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);

  g_mutex_lock (&self->lock);
  self->at_work = FALSE;
  g_cond_signal (&self->ended);
  g_mutex_unlock (&self->lock);
}

/* private: the end */

static void
finish (CapModelJob *self, const GError *error)
{
  if (self->phase == PHASE_OVER)
    return;

  self->phase = PHASE_OVER;
  g_signal_emit (self, signals[SIGNAL_DONE], 0, error);
}

static void
finish_cancelled (CapModelJob *self)
{
  g_autoptr (GError) error =
    g_error_new (CAP_ERROR, CAP_ERROR_CANCELLED, "The %s of the model %s was cancelled.",
                 self->entries != NULL ? "installation" : "removal", self->id);

  finish (self, error);
}

/* Returns the id of the model whose files the last step has changed, or NULL. */
static char *
advance (CapModelJob *self)
{
  g_autoptr (CapModelEntry) put = NULL;

  self->prepared = !self->prepared;
  if (self->prepared)
    return NULL;

  put = g_ptr_array_steal_index (self->entries, 0);
  return g_strdup (put->id);
}

static void
go_on (CapModelJob *self)
{
  g_autofree char *changed = NULL;

  if (self->entries != NULL && self->entries->len > 0)
    changed = advance (self);
  if (self->entries == NULL || self->entries->len == 0)
    {
      finish (self, NULL);
      return;
    }

  self->phase = PHASE_WAITING;
  g_signal_emit (self, signals[SIGNAL_STEPPED], 0, changed);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CapModelJob *self = CAP_MODEL_JOB (source);
  g_autoptr (GError) error = NULL;
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);

  if (self->phase == PHASE_OVER)
    return;

  if (good)
    go_on (self);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish_cancelled (self);
  else
    finish (self, error);
}

/* public methods */

CapModelJob *
cap_model_job_new_install (const char *folder, const char *id, GPtrArray *entries, const char *import)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  CapModelJob *self;

  g_return_val_if_fail (folder != NULL && id != NULL, NULL);
  g_return_val_if_fail (entries != NULL, NULL);

  self = g_object_new (CAP_TYPE_MODEL_JOB, NULL);
  self->folder = g_strdup (folder);
  self->id = g_strdup (id);
  self->import = g_strdup (import);
  self->entries = g_ptr_array_ref (entries);
  for (guint i = 0; i < entries->len; i++)
    g_strv_builder_add (ids, ((CapModelEntry *) g_ptr_array_index (entries, i))->id);
  self->ids = g_strv_builder_end (ids);
  return self;
}

CapModelJob *
cap_model_job_new_remove (const char *folder, const char *id)
{
  const char *const ids[] = { id, NULL };
  CapModelJob *self;

  g_return_val_if_fail (folder != NULL && id != NULL, NULL);

  self = g_object_new (CAP_TYPE_MODEL_JOB, NULL);
  self->folder = g_strdup (folder);
  self->id = g_strdup (id);
  self->ids = g_strdupv ((char **) ids);
  return self;
}

const char *
cap_model_job_get_id (CapModelJob *self)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOB (self), NULL);

  return self->id;
}

gboolean
cap_model_job_is_cancelled (CapModelJob *self)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOB (self), FALSE);

  return g_cancellable_is_cancelled (self->cancellable);
}

gboolean
cap_model_job_is_removal (CapModelJob *self)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOB (self), FALSE);

  return self->entries == NULL;
}

gboolean
cap_model_job_touches (CapModelJob *self, const char *id)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOB (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return g_strv_contains ((const char *const *) self->ids, id);
}

const char *const *
cap_model_job_list_ids (CapModelJob *self)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOB (self), NULL);

  return (const char *const *) self->ids;
}

gboolean
cap_model_job_get_progress (CapModelJob *self, const char **stage, guint64 *done, guint64 *total)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOB (self), FALSE);
  g_return_val_if_fail (stage != NULL && done != NULL && total != NULL, FALSE);

  g_mutex_lock (&self->lock);
  *stage = self->stage;
  *done = self->done;
  *total = self->total;
  g_mutex_unlock (&self->lock);
  return *stage != NULL;
}

const char *
cap_model_job_get_change (CapModelJob *self)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOB (self), NULL);

  if (self->entries == NULL)
    return self->id;
  if (!self->prepared || (self->phase == PHASE_WAITING && g_cancellable_is_cancelled (self->cancellable)))
    return NULL;
  return ((CapModelEntry *) g_ptr_array_index (self->entries, 0))->id;
}

void
cap_model_job_drop (CapModelJob *self, const char *id)
{
  g_return_if_fail (CAP_IS_MODEL_JOB (self));
  g_return_if_fail (self->phase == PHASE_WAITING && self->entries != NULL);
  g_return_if_fail (id != NULL);

  for (guint i = self->entries->len; i > (self->prepared ? 1 : 0); i--)
    if (g_str_equal (((CapModelEntry *) g_ptr_array_index (self->entries, i - 1))->id, id))
      g_ptr_array_remove_index (self->entries, i - 1);
}

void
cap_model_job_start (CapModelJob *self)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CAP_IS_MODEL_JOB (self));
  g_return_if_fail (self->phase == PHASE_WAITING);

  self->phase = PHASE_RUNNING;
  self->at_work = TRUE;
  task = g_task_new (self, NULL, on_worked, NULL);
  g_task_run_in_thread (task, work_in_thread);
}

void
cap_model_job_cancel (CapModelJob *self)
{
  g_return_if_fail (CAP_IS_MODEL_JOB (self));

  g_cancellable_cancel (self->cancellable);
  if (self->phase != PHASE_WAITING)
    return;

  if (self->prepared)
    g_signal_emit (self, signals[SIGNAL_STEPPED], 0, NULL);
  else
    finish_cancelled (self);
}

void
cap_model_job_abandon (CapModelJob *self)
{
  gint64 deadline = g_get_monotonic_time () + ABANDON_US;

  g_return_if_fail (CAP_IS_MODEL_JOB (self));

  self->phase = PHASE_OVER;
  g_mutex_lock (&self->lock);
  self->abandoned = TRUE;
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->cancellable);

  g_mutex_lock (&self->lock);
  while (self->at_work && g_cond_wait_until (&self->ended, &self->lock, deadline))
    ;
  g_mutex_unlock (&self->lock);
}
