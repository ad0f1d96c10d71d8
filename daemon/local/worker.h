/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* The thread of a local engine, and the two queues between this thread and the
 * main context. No function here waits for the thread, neither while it loads
 * its model nor while it searches an utterance. The thread loads the model, in
 * a second, when the first utterance begins. */
typedef struct _CapLocalWorker CapLocalWorker;

/* The reports of the thread, called in @context. Their names are those of the
 * engine's signals. */
typedef struct
{
  void (*failed) (const GError *error, gpointer user_data); /* the model did not load */
  void (*hypothesis) (const CapHypothesis *hypothesis, gpointer user_data);
  void (*settled) (guint64 position, gpointer user_data);
  void (*hungry) (gpointer user_data);
  void (*finished) (gpointer user_data);
} CapLocalWorkerFuncs;

/* @keep_ms: the thread releases the model after this time without speech.
 * @funcs: copied. */
CapLocalWorker *cap_local_worker_start (GMainContext *context, const char *model_dir, guint keep_ms,
                                        const CapLocalWorkerFuncs *funcs, gpointer user_data);

/* Frees @self. No report follows; the thread ends at the next opportunity. */
void cap_local_worker_stop (CapLocalWorker *self);

gsize cap_local_worker_push (CapLocalWorker *self, guint64 position, const gint16 *samples, gsize n_frames);
void cap_local_worker_speech_begins (CapLocalWorker *self, guint64 position);
void cap_local_worker_speech_ends (CapLocalWorker *self, guint64 position, CapGateEnd why);
void cap_local_worker_finish (CapLocalWorker *self);

G_END_DECLS
