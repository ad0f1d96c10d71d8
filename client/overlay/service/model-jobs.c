/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/service/model-jobs.h"
#include "dbus/names.h"
#include "overlay/service/explain.h"
#include "overlay/service/model-facts.h"
#include "overlay/service/service-calls.h"
#include "overlay/text/sentence.h"

typedef struct
{
  char *path; /* NULL until the service has answered */
  char *stage;
  guint64 done, total;
  gboolean removal;
  gboolean cancelled; /* by the user */
} Job;

struct _CapModelJobs
{
  GObject parent_instance;

  GDBusConnection *connection;
  GCancellable *cancellable;
  guint models_id, job_id; /* D-Bus signal subscriptions */
  guint watch_id;

  gboolean asked; /* a call of ListModels is pending */
  gboolean stale; /* the list has changed since that call */
  GVariant *list;
  char *problem;

  GHashTable *jobs;     /* id of the model: Job */
  GHashTable *failures; /* id of the model: sentence */
};

/* The call that begins a job. */
typedef struct
{
  CapModelJobs *jobs;
  char *id;
} Begin;

enum
{
  SIGNAL_CHANGED,
  SIGNAL_PROGRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapModelJobs, cap_model_jobs, G_TYPE_OBJECT)

static void
job_free (gpointer data)
{
  Job *self = data;

  g_free (self->path);
  g_free (self->stage);
  g_free (self);
}

static Begin *
begin_new (CapModelJobs *jobs, const char *id)
{
  Begin *self = g_new0 (Begin, 1);

  self->jobs = g_object_ref (jobs);
  self->id = g_strdup (id);
  return self;
}

static void
begin_free (Begin *self)
{
  g_object_unref (self->jobs);
  g_free (self->id);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Begin, begin_free)

/* lifecycle */

static void
cap_model_jobs_dispose (GObject *object)
{
  cap_model_jobs_close (CAP_MODEL_JOBS (object));

  G_OBJECT_CLASS (cap_model_jobs_parent_class)->dispose (object);
}

static void
cap_model_jobs_finalize (GObject *object)
{
  CapModelJobs *self = CAP_MODEL_JOBS (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->list, g_variant_unref);
  g_clear_pointer (&self->jobs, g_hash_table_unref);
  g_clear_pointer (&self->failures, g_hash_table_unref);
  g_free (self->problem);

  G_OBJECT_CLASS (cap_model_jobs_parent_class)->finalize (object);
}

static void
cap_model_jobs_class_init (CapModelJobsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cap_model_jobs_dispose;
  object_class->finalize = cap_model_jobs_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cap_model_jobs_init (CapModelJobs *self)
{
  self->cancellable = g_cancellable_new ();
  self->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, job_free);
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* private */

static gboolean
is_closed (CapModelJobs *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

static void
tell (CapModelJobs *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* @failure: owned by the callee; NULL for none. */
static void
end_job (CapModelJobs *self, const char *id, char *failure)
{
  g_autofree char *own = g_strdup (id); /* @id may belong to the table */

  g_hash_table_remove (self->jobs, own);
  if (failure != NULL)
    g_hash_table_insert (self->failures, g_steal_pointer (&own), failure);
  tell (self);
}

static void
send_cancel (CapModelJobs *self, const Job *job)
{
  g_dbus_connection_call (self->connection, CAP_BUS_NAME, job->path, CAP_JOB_INTERFACE, "Cancel", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static const char *
find_id (CapModelJobs *self, const char *path)
{
  GHashTableIter iter;
  gpointer id, job;

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, &id, &job))
    if (g_strcmp0 (((Job *) job)->path, path) == 0)
      return id;

  return NULL;
}

/* callbacks */

static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapModelJobs) self = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *list = cap_service_calls_get_finish (G_DBUS_CONNECTION (source), result, &error);

  if (list != NULL)
    {
      g_clear_pointer (&self->list, g_variant_unref);
      self->list = list;
    }
  if (is_closed (self))
    return;

  g_clear_pointer (&self->problem, g_free);
  if (error != NULL)
    self->problem = cap_sentence_new (error->message);
  tell (self);

  self->asked = FALSE;
  if (self->stale)
    cap_model_jobs_refresh (self);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Begin) begin = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = cap_service_calls_begin_finish (G_DBUS_CONNECTION (source), result, &error);
  CapModelJobs *self = begin->jobs;
  Job *job = g_hash_table_lookup (self->jobs, begin->id);

  if (is_closed (self) || job == NULL)
    return;
  if (path == NULL)
    {
      end_job (self, begin->id, cap_sentence_new (error->message));
      return;
    }

  job->path = g_steal_pointer (&path);
  if (job->cancelled)
    send_cancel (self, job);
}

static void
on_models_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                   const char *signal, GVariant *arguments, gpointer user_data)
{
  CapModelJobs *self = user_data;

  cap_model_jobs_refresh (self);
}

static void
take_progress (CapModelJobs *self, const char *id, GVariant *arguments)
{
  Job *job = g_hash_table_lookup (self->jobs, id);

  g_free (job->stage);
  g_variant_get (arguments, "(stt)", &job->stage, &job->done, &job->total);
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, id);
}

static void
take_done (CapModelJobs *self, const char *id, GVariant *arguments)
{
  const char *error, *message;

  g_variant_get (arguments, "(&s&s)", &error, &message);
  end_job (self, id, cap_model_facts_explain (error, message));
  cap_model_jobs_refresh (self);
}

static void
on_job_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
               const char *signal, GVariant *arguments, gpointer user_data)
{
  CapModelJobs *self = user_data;
  const char *id = find_id (self, path);

  if (id == NULL)
    return;
  if (g_str_equal (signal, "Progress") && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(stt)")))
    take_progress (self, id, arguments);
  else if (g_str_equal (signal, "Done") && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(ss)")))
    take_done (self, id, arguments);
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  CapModelJobs *self = user_data;

  if (self->problem != NULL)
    cap_model_jobs_refresh (self);
}

static const char *
find_running (CapModelJobs *self)
{
  GHashTableIter iter;
  gpointer id, job;

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, &id, &job))
    if (((Job *) job)->path != NULL)
      return id;

  return NULL;
}

/* A job that has no path yet ends with the call that asked for it. */
static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  CapModelJobs *self = user_data;
  g_autoptr (GError) error = g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER, "gone");
  const char *id;

  cap_explain (error);
  while ((id = find_running (self)) != NULL)
    end_job (self, id, cap_sentence_new (error->message));
}

static void
begin (CapModelJobs *self, const char *id, const char *method, GVariant *arguments, gboolean removal)
{
  Job *job = g_new0 (Job, 1);

  job->removal = removal;
  job->stage = g_strdup ("");
  g_hash_table_remove (self->failures, id);
  g_hash_table_insert (self->jobs, g_strdup (id), job);
  /* Closing does not cancel this call: the service must get what the user chose. */
  cap_service_calls_begin (self->connection, method, arguments, NULL, on_begun, begin_new (self, id));
  tell (self);
}

static void
unsubscribe (CapModelJobs *self, guint *id)
{
  if (*id != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, *id);
  *id = 0;
}

/* public */

CapModelJobs *
cap_model_jobs_new (GDBusConnection *connection)
{
  CapModelJobs *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  self = g_object_new (CAP_TYPE_MODEL_JOBS, NULL);
  self->connection = g_object_ref (connection);
  self->models_id = g_dbus_connection_signal_subscribe (
      connection, CAP_BUS_NAME, CAP_INTERFACE, "ModelsChanged", CAP_OBJECT_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_models_changed, self, NULL);
  /* For all jobs, because the first signal of a job may come right behind its path. */
  self->job_id = g_dbus_connection_signal_subscribe (
      connection, CAP_BUS_NAME, CAP_JOB_INTERFACE, NULL, NULL, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_job_signal, self, NULL);
  self->watch_id = g_bus_watch_name_on_connection (connection, CAP_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   on_appeared, on_vanished, self, NULL);
  return self;
}

void
cap_model_jobs_close (CapModelJobs *self)
{
  g_return_if_fail (CAP_IS_MODEL_JOBS (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  unsubscribe (self, &self->models_id);
  unsubscribe (self, &self->job_id);
}

void
cap_model_jobs_refresh (CapModelJobs *self)
{
  g_return_if_fail (CAP_IS_MODEL_JOBS (self));

  /* However often the list changes during a call, one more call follows. */
  self->stale = self->asked;
  if (self->asked || is_closed (self))
    return;

  self->asked = TRUE;
  cap_service_calls_get (self->connection, "ListModels", self->cancellable, on_list, g_object_ref (self));
}

GVariant *
cap_model_jobs_get_list (CapModelJobs *self)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOBS (self), NULL);

  return self->list;
}

const char *
cap_model_jobs_get_problem (CapModelJobs *self)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOBS (self), NULL);

  return self->problem;
}

void
cap_model_jobs_install (CapModelJobs *self, const char *id)
{
  g_return_if_fail (CAP_IS_MODEL_JOBS (self));
  g_return_if_fail (id != NULL);

  if (!g_hash_table_contains (self->jobs, id))
    begin (self, id, "InstallModel", g_variant_new ("(sa{sv})", id, NULL), FALSE);
}

void
cap_model_jobs_remove (CapModelJobs *self, const char *id)
{
  g_return_if_fail (CAP_IS_MODEL_JOBS (self));
  g_return_if_fail (id != NULL);

  if (!g_hash_table_contains (self->jobs, id))
    begin (self, id, "RemoveModel", g_variant_new ("(s)", id), TRUE);
}

void
cap_model_jobs_cancel (CapModelJobs *self, const char *id)
{
  Job *job;

  g_return_if_fail (CAP_IS_MODEL_JOBS (self));
  g_return_if_fail (id != NULL);

  job = g_hash_table_lookup (self->jobs, id);
  if (job == NULL || job->cancelled)
    return;

  job->cancelled = TRUE;
  if (job->path != NULL)
    send_cancel (self, job);
}

gboolean
cap_model_jobs_get_progress (CapModelJobs *self, const char *id, CapModelProgress *progress)
{
  const Job *job;

  g_return_val_if_fail (CAP_IS_MODEL_JOBS (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (progress != NULL, FALSE);

  job = g_hash_table_lookup (self->jobs, id);
  if (job == NULL)
    return FALSE;

  *progress = (CapModelProgress){ job->stage, job->done, job->total, job->removal };
  return TRUE;
}

const char *
cap_model_jobs_get_failure (CapModelJobs *self, const char *id)
{
  g_return_val_if_fail (CAP_IS_MODEL_JOBS (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return g_hash_table_lookup (self->failures, id);
}
