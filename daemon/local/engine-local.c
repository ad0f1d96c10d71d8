/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/engine-local-private.h"

#include "local/recogniser.h"
#include "local/worker.h"

/* How long the engine keeps its model, which takes a hundred megabytes, without
 * speech: short enough that a stream that waits all day does not hold it, and
 * long enough that a conversation does not load it again and again. */
#define KEEP_MODEL_MS (5 * 60 * 1000)

/* struct */

struct _CapEngineLocal
{
  CapEngine parent_instance;

  GMainContext *context;
  char *model_dir;
  guint keep_ms;
  CapLocalWorker *worker;  /* NULL before start */
};

static void cap_engine_local_start (CapEngine *engine);
static gsize cap_engine_local_push (CapEngine *engine, guint64 position, const gint16 *samples,
                                    gsize n_frames);
static void cap_engine_local_speech_begins (CapEngine *engine, guint64 position);
static void cap_engine_local_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why);
static void cap_engine_local_finish (CapEngine *engine);

G_DEFINE_FINAL_TYPE (CapEngineLocal, cap_engine_local, CAP_TYPE_ENGINE)

/* lifecycle */

static void
cap_engine_local_init (CapEngineLocal *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->keep_ms = KEEP_MODEL_MS;
}

static void
cap_engine_local_dispose (GObject *object)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (object);

  g_clear_pointer (&self->worker, cap_local_worker_stop);

  G_OBJECT_CLASS (cap_engine_local_parent_class)->dispose (object);
}

static void
cap_engine_local_finalize (GObject *object)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (object);

  g_main_context_unref (self->context);
  g_free (self->model_dir);

  G_OBJECT_CLASS (cap_engine_local_parent_class)->finalize (object);
}

static void
cap_engine_local_class_init (CapEngineLocalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  CapEngineClass *engine_class = CAP_ENGINE_CLASS (klass);

  object_class->dispose = cap_engine_local_dispose;
  object_class->finalize = cap_engine_local_finalize;
  engine_class->start = cap_engine_local_start;
  engine_class->push = cap_engine_local_push;
  engine_class->speech_begins = cap_engine_local_speech_begins;
  engine_class->speech_ends = cap_engine_local_speech_ends;
  engine_class->finish = cap_engine_local_finish;
}

/* callbacks */

static void
on_failed (const GError *error, gpointer user_data)
{
  cap_engine_set_state (user_data, CAP_ENGINE_FAILED, error);
}

static void
on_hypothesis (const CapHypothesis *hypothesis, gpointer user_data)
{
  cap_engine_emit_hypothesis (user_data, hypothesis);
}

static void
on_settled (guint64 position, gpointer user_data)
{
  cap_engine_emit_settled (user_data, 0, position);
}

static void
on_hungry (gpointer user_data)
{
  cap_engine_emit_hungry (user_data);
}

static void
on_finished (gpointer user_data)
{
  cap_engine_emit_finished (user_data);
}

/* engine */

static void
cap_engine_local_start (CapEngine *engine)
{
  static const CapLocalWorkerFuncs funcs = {
    on_failed, on_hypothesis, on_settled, on_hungry, on_finished
  };
  CapEngineLocal *self = CAP_ENGINE_LOCAL (engine);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->worker, cap_local_worker_stop);
  cap_engine_set_state (engine, CAP_ENGINE_STARTING, NULL);
  if (!cap_recogniser_is_installed (self->model_dir, &error))
    {
      cap_engine_set_state (engine, CAP_ENGINE_FAILED, error);
      return;
    }
  self->worker = cap_local_worker_start (self->context, self->model_dir, self->keep_ms, &funcs, self);
  cap_engine_set_state (engine, CAP_ENGINE_READY, NULL);
}

static gsize
cap_engine_local_push (CapEngine *engine, guint64 position, const gint16 *samples, gsize n_frames)
{
  return cap_local_worker_push (CAP_ENGINE_LOCAL (engine)->worker, position, samples, n_frames);
}

static void
cap_engine_local_speech_begins (CapEngine *engine, guint64 position)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (engine);

  if (self->worker != NULL)
    cap_local_worker_speech_begins (self->worker, position);
}

static void
cap_engine_local_speech_ends (CapEngine *engine, guint64 position, CapGateEnd why)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (engine);

  if (self->worker != NULL)
    cap_local_worker_speech_ends (self->worker, position, why);
}

static void
cap_engine_local_finish (CapEngine *engine)
{
  CapEngineLocal *self = CAP_ENGINE_LOCAL (engine);

  /* An engine that was not started has no audio. */
  if (self->worker != NULL)
    cap_local_worker_finish (self->worker);
  else
    cap_engine_emit_finished (engine);
}

/* public methods */

CapEngine *
cap_engine_local_new (const char *model_dir)
{
  CapEngineLocal *self = g_object_new (CAP_TYPE_ENGINE_LOCAL, NULL);

  self->model_dir = g_strdup (model_dir);
  return CAP_ENGINE (self);
}

void
cap_engine_local_set_keep_model (CapEngineLocal *self, guint ms)
{
  g_return_if_fail (CAP_IS_ENGINE_LOCAL (self));

  self->keep_ms = ms;
}

gboolean
cap_engine_local_is_ready (GError **error)
{
  return cap_recogniser_is_installed (NULL, error);
}
