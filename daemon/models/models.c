/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/models.h"
#include "dbus/error.h"
#include "models/store.h"
#include "models/verify.h"

#define MAX_JOBS 16

/* struct */

struct _CapModels
{
  GObject parent_instance;

  CapCatalogue *catalogue;
  GPtrArray *jobs;      /* of CapModelJob, in the order of the calls */
  CapModelJob *running; /* one of them, or NULL */
  guint schedule;
  gboolean sweeping;

  GHashTable *checked; /* set of ids whose files are as they were installed */
  GHashTable *checks;  /* id: array of tasks that wait for the comparison */
  GPtrArray *waiting;  /* of tasks whose comparison waits until a job has changed the model */
  GCancellable *cancellable;
};

/* signals */

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* type */

G_DEFINE_FINAL_TYPE (CapModels, cap_models, G_TYPE_OBJECT)

static void schedule (CapModels *self);
static void resume_checks (CapModels *self);

/* lifecycle */

static void
cap_models_init (CapModels *self)
{
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  self->checked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->checks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

static void
cap_models_dispose (GObject *object)
{
  CapModels *self = CAP_MODELS (object);

  cap_models_stop (self);
  g_clear_object (&self->catalogue);

  G_OBJECT_CLASS (cap_models_parent_class)->dispose (object);
}

static void
cap_models_finalize (GObject *object)
{
  CapModels *self = CAP_MODELS (object);

  g_ptr_array_unref (self->jobs);
  g_hash_table_unref (self->checked);
  g_hash_table_unref (self->checks);
  g_ptr_array_unref (self->waiting);
  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (cap_models_parent_class)->finalize (object);
}

static void
cap_models_class_init (CapModelsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_models_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_models_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CAP_TYPE_MODELS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

/* private */

static void
tell (CapModels *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static const CapModel *
find (CapModels *self, const char *id, GError **error)
{
  const CapModel *model = cap_catalogue_find (self->catalogue, id);

  if (model == NULL)
    g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL,
                 "There is no model “%s”. List the models with: captionctl model list", id);
  return model;
}

static gboolean
check_room (CapModels *self, GError **error)
{
  if (self->jobs->len < MAX_JOBS)
    return TRUE;

  g_set_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED,
               "captiond is already installing or removing %d models. Wait until one of them is done.", MAX_JOBS);
  return FALSE;
}

/* private: installing */

static gboolean
is_as_offered (const CapModel *model)
{
  return model->path != NULL && !model->damaged
         && (model->offered == NULL || g_bytes_equal (model->offered->text, model->entry->text));
}

/* The newest job for the model that will not be cancelled. */
static CapModelJob *
find_last_job (CapModels *self, const char *id)
{
  for (guint i = self->jobs->len; i > 0; i--)
    {
      CapModelJob *job = g_ptr_array_index (self->jobs, i - 1);

      if (g_str_equal (cap_model_job_get_id (job), id) && !cap_model_job_is_cancelled (job))
        return job;
    }

  return NULL;
}

static gboolean
is_to_be_removed (CapModels *self, const char *id)
{
  CapModelJob *job = find_last_job (self, id);

  return job != NULL && cap_model_job_is_removal (job);
}

/* Adds what has to be installed for @id, needs first. Those that need each other in a
 * circle are added once. */
static gboolean
collect (CapModels *self, const char *id, GHashTable *seen, GPtrArray *entries, GError **error)
{
  const CapModel *model = find (self, id, error);
  CapModelEntry *entry;

  if (model == NULL)
    return FALSE;
  if (!g_hash_table_add (seen, g_strdup (id)))
    return TRUE;

  entry = model->offered != NULL ? model->offered : model->entry;
  if (!entry->fits)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_MODEL_NOT_SUPPORTED,
                   "The model “%s” is not made for this kind of computer. Choose another model.", id);
      return FALSE;
    }
  for (char **need = entry->needs; *need != NULL; need++)
    if (!collect (self, *need, seen, entries, error))
      return FALSE;

  if (!is_as_offered (model) || is_to_be_removed (self, id))
    g_ptr_array_add (entries, cap_model_entry_ref (entry));
  return TRUE;
}

/* private: jobs */

static void
end_step (CapModels *self, CapModelJob *job)
{
  if (self->running == job)
    self->running = NULL;
  cap_catalogue_rescan (self->catalogue);
}

static void
take_as_new (CapModels *self, const char *id)
{
  g_hash_table_remove (self->checked, id);
  cap_catalogue_set_damaged (self->catalogue, id, FALSE);
}

static void
on_stepped (CapModelJob *job, const char *changed, gpointer user_data)
{
  CapModels *self = user_data;

  end_step (self, job);
  if (changed != NULL)
    take_as_new (self, changed);
  resume_checks (self);
  schedule (self);
}

static void
on_done (CapModelJob *job, const GError *error, gpointer user_data)
{
  CapModels *self = user_data;
  g_autoptr (CapModelJob) kept = g_object_ref (job);

  end_step (self, job);
  g_ptr_array_remove (self->jobs, job);
  for (const char *const *id = cap_model_job_list_ids (job); *id != NULL; id++)
    if (error == NULL)
      take_as_new (self, *id);
    else
      g_hash_table_remove (self->checked, *id);
  resume_checks (self);
  schedule (self);
  tell (self);
}

/* The folder of a model that is in use stays as it is. */
static gboolean
may_run (CapModels *self, CapModelJob *job)
{
  const char *change = cap_model_job_get_change (job);

  return change == NULL || !cap_catalogue_is_used (self->catalogue, change);
}

/* Whether a thread may be changing its files now. */
static gboolean
is_changing (CapModels *self, const char *id)
{
  return self->running != NULL && g_strcmp0 (cap_model_job_get_change (self->running), id) == 0;
}

/* Two jobs of one model keep their order. */
static gboolean
is_first (CapModels *self, guint place)
{
  CapModelJob *job = g_ptr_array_index (self->jobs, place);

  for (guint i = 0; i < place; i++)
    for (const char *const *id = cap_model_job_list_ids (job); *id != NULL; id++)
      if (cap_model_job_touches (g_ptr_array_index (self->jobs, i), *id))
        return FALSE;

  return TRUE;
}

static void
start (CapModels *self, CapModelJob *job)
{
  /* Jobs that ran meanwhile may have installed what this one needs. */
  for (const char *const *id = cap_model_job_list_ids (job); *id != NULL; id++)
    {
      const CapModel *model = cap_catalogue_find (self->catalogue, *id);

      if (!cap_model_job_is_removal (job) && model != NULL && is_as_offered (model))
        cap_model_job_drop (job, *id);
    }

  self->running = job;
  cap_model_job_start (job);
}

static gboolean
on_schedule (gpointer user_data)
{
  CapModels *self = user_data;

  self->schedule = 0;
  for (guint i = 0; self->running == NULL && !self->sweeping && i < self->jobs->len; i++)
    if (is_first (self, i) && may_run (self, g_ptr_array_index (self->jobs, i)))
      start (self, g_ptr_array_index (self->jobs, i));

  return G_SOURCE_REMOVE;
}

static void
schedule (CapModels *self)
{
  if (self->schedule == 0)
    self->schedule = g_idle_add (on_schedule, self);
}

static CapModelJob *
add_job (CapModels *self, CapModelJob *job)
{
  g_signal_connect_object (job, "stepped", G_CALLBACK (on_stepped), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (job, "done", G_CALLBACK (on_done), self, G_CONNECT_DEFAULT);
  g_ptr_array_add (self->jobs, g_object_ref (job));
  schedule (self);
  tell (self);
  return job;
}

/* private: leftovers */

static void
sweep_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  cap_store_sweep (data);
  g_task_return_boolean (task, TRUE);
}

static void
on_swept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CapModels *self = CAP_MODELS (source);

  self->sweeping = FALSE;
  if (!g_cancellable_is_cancelled (self->cancellable))
    schedule (self);
}

static void
sweep (CapModels *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_swept, NULL);

  self->sweeping = TRUE;
  g_task_set_task_data (task, g_strdup (cap_catalogue_get_user_folder (self->catalogue)), g_free);
  g_task_run_in_thread (task, sweep_in_thread);
}

/* private: comparisons */

typedef struct
{
  CapModels *self;
  char *id;
} Check;

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Check *check = user_data;
  g_autoptr (CapModels) self = check->self;
  g_autofree char *id = check->id;
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tasks = NULL;
  gboolean good = cap_verify_finish (result, &error);

  g_free (check);
  g_hash_table_steal_extended (self->checks, id, (gpointer *) &key, (gpointer *) &tasks);
  if (good)
    g_hash_table_add (self->checked, g_strdup (id));
  else if (g_error_matches (error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED) && self->catalogue != NULL)
    cap_catalogue_set_damaged (self->catalogue, id, TRUE);

  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);

      if (good)
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, g_error_copy (error));
    }
  if (self->catalogue != NULL)
    cap_catalogue_unuse (self->catalogue, id);
}

/* The comparison itself uses the model, because its user may go away meanwhile. */
static void
begin_check (CapModels *self, const CapModel *model, GTask *task)
{
  Check *check = g_new0 (Check, 1);
  GPtrArray *tasks = g_ptr_array_new_with_free_func (g_object_unref);

  check->self = g_object_ref (self);
  check->id = g_strdup (model->entry->id);
  g_ptr_array_add (tasks, g_object_ref (task));
  g_hash_table_insert (self->checks, g_strdup (check->id), tasks);
  cap_catalogue_use (self->catalogue, check->id);
  cap_verify_async (model->path, self->cancellable, on_verified, check);
}

/* The data of @task is the id. */
static void
check (CapModels *self, GTask *task)
{
  const char *id = g_task_get_task_data (task);
  GPtrArray *comparing = g_hash_table_lookup (self->checks, id);
  GError *error = NULL;
  const CapModel *model = find (self, id, &error);

  if (model == NULL)
    g_task_return_error (task, error);
  else if (is_changing (self, id))
    g_ptr_array_add (self->waiting, g_object_ref (task));
  else if (model->path == NULL)
    g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL,
                             "The model “%s” is not installed. Install it with: captionctl model install %s",
                             id, id);
  else if (g_hash_table_contains (self->checked, id))
    g_task_return_boolean (task, TRUE);
  else if (comparing != NULL)
    g_ptr_array_add (comparing, g_object_ref (task));
  else
    begin_check (self, model, task);
}

static void
resume_checks (CapModels *self)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    check (self, g_ptr_array_index (waiting, i));
}

static void
refuse_checks (CapModels *self)
{
  for (guint i = 0; i < self->waiting->len; i++)
    g_task_return_new_error (g_ptr_array_index (self->waiting, i), G_IO_ERROR, G_IO_ERROR_CANCELLED,
                             "captiond ends.");
  g_ptr_array_set_size (self->waiting, 0);
}

/* public methods */

CapModels *
cap_models_new (const char *user_folder, const char *const *system_folders)
{
  CapModels *self = g_object_new (CAP_TYPE_MODELS, NULL);

  self->catalogue = cap_catalogue_new (user_folder, system_folders);
  cap_store_recover (cap_catalogue_get_user_folder (self->catalogue));
  cap_catalogue_rescan (self->catalogue);
  g_signal_connect_object (self->catalogue, "changed", G_CALLBACK (tell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->catalogue, "unused", G_CALLBACK (schedule), self, G_CONNECT_SWAPPED);
  sweep (self);
  return self;
}

CapCatalogue *
cap_models_get_catalogue (CapModels *self)
{
  g_return_val_if_fail (CAP_IS_MODELS (self), NULL);

  return self->catalogue;
}

CapModelJob *
cap_models_install (CapModels *self, const char *id, const char *import, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GHashTable) seen = NULL;
  CapModelJob *job;

  g_return_val_if_fail (CAP_IS_MODELS (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  job = find_last_job (self, id);
  if (job != NULL && !cap_model_job_is_removal (job))
    return g_object_ref (job);

  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_model_entry_unref);
  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!check_room (self, error) || !collect (self, id, seen, entries, error))
    return NULL;

  job = cap_model_job_new_install (cap_catalogue_get_user_folder (self->catalogue), id, entries, import);
  return add_job (self, job);
}

CapModelJob *
cap_models_remove (CapModels *self, const char *id, GError **error)
{
  const CapModel *model;
  CapModelJob *job;

  g_return_val_if_fail (CAP_IS_MODELS (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  job = find_last_job (self, id);
  if (job != NULL && cap_model_job_is_removal (job))
    return g_object_ref (job);

  model = find (self, id, error);
  if (model == NULL || !check_room (self, error))
    return NULL;
  if (model->path == NULL && job == NULL)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_NO_SUCH_MODEL, "The model “%s” is not installed.", id);
      return NULL;
    }
  if (model->path != NULL && model->system)
    {
      g_set_error (error, CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
                   "The model “%s” is installed for all users of this computer, in %s. Only the administrator "
                   "can remove it.", id, model->path);
      return NULL;
    }

  return add_job (self, cap_model_job_new_remove (cap_catalogue_get_user_folder (self->catalogue), id));
}

const char *
cap_models_get_activity (CapModels *self, const char *id)
{
  g_return_val_if_fail (CAP_IS_MODELS (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < self->jobs->len; i++)
    {
      CapModelJob *job = g_ptr_array_index (self->jobs, i);

      if (cap_model_job_touches (job, id))
        return cap_model_job_is_removal (job) ? "removing" : "installing";
    }

  return NULL;
}

gboolean
cap_models_is_busy (CapModels *self)
{
  g_return_val_if_fail (CAP_IS_MODELS (self), FALSE);

  return self->jobs->len > 0 || g_hash_table_size (self->checks) > 0;
}

void
cap_models_stop (CapModels *self)
{
  g_return_if_fail (CAP_IS_MODELS (self));

  g_clear_handle_id (&self->schedule, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->running != NULL)
    cap_model_job_abandon (self->running);
  self->running = NULL;
  g_ptr_array_set_size (self->jobs, 0);
  refuse_checks (self);
}

void
cap_models_check_async (CapModels *self,
                        const char *id,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CAP_IS_MODELS (self));
  g_return_if_fail (id != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_task_data (task, g_strdup (id), g_free);
  check (self, task);
}

gboolean
cap_models_check_finish (CapModels *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CAP_IS_MODELS (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
