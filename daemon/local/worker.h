/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* The thread of a local engine, and the two queues between it and the main
 * context. No call here waits for the thread: not for its model to load, nor
 * for an utterance to be searched. The model is there only while there is
 * speech: it is loaded, within a second, when the first utterance begins. */
typedef struct _CapLocalWorker CapLocalWorker;

/* What the thread has to tell, in @context. The names are the engine's. */
typedef struct
{
  void (*failed) (const GError *error, gpointer user_data); /* to load its model */
  void (*hypothesis) (const CapHypothesis *hypothesis, gpointer user_data);
  void (*settled) (guint64 position, gpointer user_data);
  void (*hungry) (gpointer user_data);
  void (*finished) (gpointer user_data);
} CapLocalWorkerFuncs;

/* @keep_ms: without speech for so long, the model is given back. */
CapLocalWorker *cap_local_worker_start (GMainContext *context, const char *model_dir, guint keep_ms,
                                        const CapLocalWorkerFuncs *funcs, gpointer user_data);

/* Frees @self. Nothing is told any more; the thread ends when it can. */
void cap_local_worker_stop (CapLocalWorker *self);

gsize cap_local_worker_push (CapLocalWorker *self, guint64 position, const gint16 *samples, gsize n_frames);
void cap_local_worker_speech_begins (CapLocalWorker *self, guint64 position);
void cap_local_worker_speech_ends (CapLocalWorker *self, guint64 position, CapGateEnd why);
void cap_local_worker_finish (CapLocalWorker *self);

G_END_DECLS
