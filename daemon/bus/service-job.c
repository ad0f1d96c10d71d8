/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/service-job.h"
#include "dbus/captions-dbus.h"
#include "dbus/error.h"
#include "dbus/names.h"

/* struct */

struct _CapServiceJob
{
  GObject parent_instance;

  GDBusConnection *connection;
  CapDBusCaptions1Job *skeleton;
  CapModelJob *job;
  char *path;
  char *caller;
  guint watch;
  gboolean over;
};

/* signals */

enum
{
  SIGNAL_CANCELLED,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean handle_cancel (CapDBusCaptions1Job *skeleton, GDBusMethodInvocation *invocation,
                               gpointer user_data);

G_DEFINE_FINAL_TYPE (CapServiceJob, cap_service_job, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_service_job_init (CapServiceJob *self)
{
  self->skeleton = cap_dbus_captions1_job_skeleton_new ();
  g_signal_connect_object (self->skeleton, "handle-cancel", G_CALLBACK (handle_cancel), self, G_CONNECT_DEFAULT);
}

static void
unexport (CapServiceJob *self)
{
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self->skeleton);

  if (g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
}

static void
cap_service_job_dispose (GObject *object)
{
  CapServiceJob *self = CAP_SERVICE_JOB (object);

  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->skeleton != NULL)
    unexport (self);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->job);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (cap_service_job_parent_class)->dispose (object);
}

static void
cap_service_job_finalize (GObject *object)
{
  CapServiceJob *self = CAP_SERVICE_JOB (object);

  g_free (self->path);
  g_free (self->caller);

  G_OBJECT_CLASS (cap_service_job_parent_class)->finalize (object);
}

static void
cap_service_job_class_init (CapServiceJobClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_service_job_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_service_job_finalize;

  signals[SIGNAL_CANCELLED] = g_signal_new ("cancelled", CAP_TYPE_SERVICE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", CAP_TYPE_SERVICE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 0);
}

/* private methods */

static void
tell (CapServiceJob *self, const char *signal, GVariant *arguments)
{
  g_dbus_connection_emit_signal (self->connection, self->caller, self->path, CAP_JOB_INTERFACE, signal,
                                 arguments, NULL);
}

/* Only errors of the disk come from elsewhere. */
static const char *
get_name (const GError *error)
{
  const char *name = cap_error_get_name (error);

  return error != NULL && *name == '\0' ? CAP_ERROR_PREFIX "DiskFailed" : name;
}

static void
end (CapServiceJob *self)
{
  g_autoptr (CapServiceJob) kept = g_object_ref (self);

  self->over = TRUE;
  unexport (self);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
}

/* callbacks */

static void
on_progress (CapModelJob *job, const char *stage, guint64 done, guint64 total, gpointer user_data)
{
  CapServiceJob *self = user_data;

  if (!self->over)
    tell (self, "Progress", g_variant_new ("(stt)", stage, done, total));
}

static void
on_done (CapModelJob *job, const GError *error, gpointer user_data)
{
  cap_service_job_finish (user_data, error);
}

static gboolean
handle_cancel (CapDBusCaptions1Job *skeleton, GDBusMethodInvocation *invocation, gpointer user_data)
{
  CapServiceJob *self = user_data;
  g_autoptr (CapServiceJob) kept = g_object_ref (self);

  if (!g_str_equal (g_dbus_method_invocation_get_sender (invocation), self->caller))
    {
      g_dbus_method_invocation_return_error_literal (invocation, CAP_ERROR, CAP_ERROR_NOT_HOLDER,
                                                     "Only the program that started a job can cancel it.");
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  cap_dbus_captions1_job_complete_cancel (self->skeleton, invocation);
  g_signal_emit (self, signals[SIGNAL_CANCELLED], 0);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_caller_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  CapServiceJob *self = user_data;

  if (!self->over)
    end (self);
}

/* public methods */

CapServiceJob *
cap_service_job_new (GDBusConnection *connection,
                     const char *path,
                     const char *caller,
                     CapModelJob *job,
                     GError **error)
{
  g_autoptr (CapServiceJob) self = NULL;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  g_return_val_if_fail (path != NULL && g_variant_is_object_path (path), NULL);
  g_return_val_if_fail (caller != NULL, NULL);
  g_return_val_if_fail (CAP_IS_MODEL_JOB (job), NULL);

  self = g_object_new (CAP_TYPE_SERVICE_JOB, NULL);
  self->connection = g_object_ref (connection);
  self->path = g_strdup (path);
  self->caller = g_strdup (caller);
  self->job = g_object_ref (job);
  g_signal_connect_object (job, "progress", G_CALLBACK (on_progress), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (job, "done", G_CALLBACK (on_done), self, G_CONNECT_DEFAULT);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

const char *
cap_service_job_get_path (CapServiceJob *self)
{
  g_return_val_if_fail (CAP_IS_SERVICE_JOB (self), NULL);

  return self->path;
}

CapModelJob *
cap_service_job_get_job (CapServiceJob *self)
{
  g_return_val_if_fail (CAP_IS_SERVICE_JOB (self), NULL);

  return self->job;
}

void
cap_service_job_start (CapServiceJob *self)
{
  const char *stage;
  guint64 done, total;

  g_return_if_fail (CAP_IS_SERVICE_JOB (self));

  /* The work may have begun for another caller. */
  if (cap_model_job_get_progress (self->job, &stage, &done, &total))
    on_progress (self->job, stage, done, total, self);
  self->watch = g_bus_watch_name_on_connection (self->connection, self->caller,
                                                G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                on_caller_vanished, self, NULL);
}

void
cap_service_job_finish (CapServiceJob *self, const GError *error)
{
  g_return_if_fail (CAP_IS_SERVICE_JOB (self));

  if (self->over)
    return;

  tell (self, "Done", g_variant_new ("(ss)", get_name (error), error != NULL ? error->message : ""));
  end (self);
}
