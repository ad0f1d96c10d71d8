/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/worker.h"

#include "local/decoder.h"

/* The most speech that waits for the thread. */
#define LONGEST_QUEUE CAP_AUDIO_MS (5000)

/* The thread decodes this much before it checks again whether it was stopped. */
#define SLICE CAP_AUDIO_MS (100)

typedef enum
{
  ITEM_SPEECH,
  ITEM_SILENCE,
  ITEM_BEGIN,
  ITEM_END,
  ITEM_FINISH,
} ItemKind;

/* A message from the main context to the thread. */
typedef struct
{
  ItemKind kind;
  guint64 position;  /* for a silence: its end */
  CapGateEnd why;
  gint16 *samples;
  gsize n_frames;
} Item;

typedef enum
{
  EVENT_FAILED,
  EVENT_HYPOTHESIS,
  EVENT_SETTLED,
  EVENT_HUNGRY,
  EVENT_FINISHED,
} EventKind;

/* A message from the thread to the main context. */
typedef struct
{
  EventKind kind;
  guint64 position;
  CapHypothesis hypothesis;
  char *text;
  GError *error;
} Event;

struct _CapLocalWorker
{
  gatomicrefcount ref_count;  /* the owner has one, the thread has one */
  char *model_dir;
  guint keep_ms;

  /* for the main context only */
  CapLocalWorkerFuncs funcs;
  gpointer user_data;
  gboolean in_speech;

  /* for the thread only */
  CapLocalDecoder *decoder; /* NULL while the model is not loaded */
  gboolean failed;          /* the model did not load */
  gint64 last_speech;       /* monotonic, µs */
  guint64 last_utterance;
  guint64 utterances_before; /* this decoder existed; it counts from 1 */
  guint64 told_settled;

  /* for both, under the lock */
  GMutex lock;
  GCond wake;
  gboolean stopped;
  gboolean hungry;     /* push() has refused frames */
  GQueue items;
  gsize n_queued;      /* frames of speech in the items */
  GQueue events;
  GSource *source;     /* dispatches the events */
};

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->samples);
  g_free (item);
}

static void
event_free (gpointer data)
{
  Event *event = data;

  g_free (event->text);
  g_clear_error (&event->error);
  g_free (event);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Item, item_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Event, event_free)

static void
worker_unref (CapLocalWorker *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_queue_clear_full (&self->items, item_free);
  g_queue_clear_full (&self->events, event_free);
  g_source_unref (self->source);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self->model_dir);
  g_free (self);
}

/* the thread's side */

static void
post (CapLocalWorker *self, Event *event)
{
  g_mutex_lock (&self->lock);
  if (self->stopped)
    {
      event_free (event);
    }
  else
    {
      g_queue_push_tail (&self->events, event);
      g_source_set_ready_time (self->source, 0);
    }
  g_mutex_unlock (&self->lock);
}

static Event *
event_new (EventKind kind)
{
  Event *event = g_new0 (Event, 1);

  event->kind = kind;
  return event;
}

static void
on_hypothesis (const CapHypothesis *hypothesis, gpointer user_data)
{
  CapLocalWorker *self = user_data;
  Event *event = event_new (EVENT_HYPOTHESIS);

  event->hypothesis = *hypothesis;
  event->hypothesis.utterance += self->utterances_before;
  self->last_utterance = event->hypothesis.utterance;
  event->text = g_strdup (hypothesis->text);
  event->hypothesis.text = event->text;
  post (self, event);
}

static void
post_settled (CapLocalWorker *self, guint64 settled)
{
  Event *event;

  if (settled <= self->told_settled)
    return;

  self->told_settled = settled;
  event = event_new (EVENT_SETTLED);
  event->position = settled;
  post (self, event);
}

/* Frees the room of @n_frames in the queue. FALSE if the thread was stopped. */
static gboolean
take_from_queue (CapLocalWorker *self, gsize n_frames)
{
  gboolean hungry, stopped;

  g_mutex_lock (&self->lock);
  self->n_queued -= n_frames;
  stopped = self->stopped;
  hungry = self->hungry && self->n_queued <= LONGEST_QUEUE / 2;
  if (hungry)
    self->hungry = FALSE;
  g_mutex_unlock (&self->lock);

  if (hungry)
    post (self, event_new (EVENT_HUNGRY));

  return !stopped;
}

static void
decode_speech (CapLocalWorker *self, Item *item)
{
  for (gsize done = 0; done < item->n_frames;)
    {
      gsize n = MIN (SLICE, item->n_frames - done);

      if (!take_from_queue (self, n))
        return;
      cap_local_decoder_feed (self->decoder, item->position + done, item->samples + done, n);
      post_settled (self, cap_local_decoder_get_settled (self->decoder));
      done += n;
    }
}

static void
decode (CapLocalWorker *self, Item *item)
{
  switch (item->kind)
    {
    case ITEM_SPEECH:
      decode_speech (self, item);
      return;
    case ITEM_SILENCE:
      cap_local_decoder_skip (self->decoder, item->position);
      break;
    case ITEM_BEGIN:
      cap_local_decoder_begin (self->decoder, item->position);
      break;
    case ITEM_END:
      cap_local_decoder_end (self->decoder, item->why);
      break;
    case ITEM_FINISH:
      cap_local_decoder_skip (self->decoder, 0);
      break;
    }

  post_settled (self, cap_local_decoder_get_settled (self->decoder));
}

static void
load (CapLocalWorker *self)
{
  g_autoptr (GError) error = NULL;
  Event *event;

  self->decoder = cap_local_decoder_new (self->model_dir, on_hypothesis, self, &error);
  if (self->decoder != NULL)
    return;

  self->failed = TRUE;
  event = event_new (EVENT_FAILED);
  event->error = g_steal_pointer (&error);
  post (self, event);
}

static void
handle_item (CapLocalWorker *self, Item *item)
{
  if (self->decoder == NULL && item->kind == ITEM_BEGIN && !self->failed)
    load (self);

  if (self->decoder != NULL)
    decode (self, item);
  else if (item->kind == ITEM_SPEECH)
    take_from_queue (self, item->n_frames);
  else if (item->kind == ITEM_SILENCE)
    post_settled (self, item->position);

  if (item->kind == ITEM_FINISH)
    post (self, event_new (EVENT_FINISHED));
}

/* Waits until @deadline (monotonic, µs), or forever if it is negative. FALSE if
 * the deadline has passed. */
static gboolean
wait_until (CapLocalWorker *self, gint64 deadline)
{
  if (deadline >= 0)
    return g_cond_wait_until (&self->wake, &self->lock, deadline);

  g_cond_wait (&self->wake, &self->lock);
  return TRUE;
}

static Item *
wait_for_item (CapLocalWorker *self)
{
  gint64 deadline = self->decoder == NULL ? -1 : self->last_speech + (gint64) self->keep_ms * 1000;
  Item *item = NULL;

  g_mutex_lock (&self->lock);
  while (!self->stopped && g_queue_is_empty (&self->items))
    if (!wait_until (self, deadline))
      {
        /* Freeing the model takes a while, and the main context must not wait for
         * the lock meanwhile. */
        g_mutex_unlock (&self->lock);
        g_clear_pointer (&self->decoder, cap_local_decoder_free);
        self->utterances_before = self->last_utterance;
        deadline = -1;
        g_mutex_lock (&self->lock);
      }
  if (!self->stopped)
    item = g_queue_pop_head (&self->items);
  g_mutex_unlock (&self->lock);

  return item;
}

static gpointer
run (gpointer user_data)
{
  CapLocalWorker *self = user_data;

  while (TRUE)
    {
      g_autoptr (Item) item = wait_for_item (self);

      if (item == NULL)
        break;
      handle_item (self, item);
      if (item->kind != ITEM_SILENCE)
        self->last_speech = g_get_monotonic_time ();
    }

  g_clear_pointer (&self->decoder, cap_local_decoder_free);
  worker_unref (self);
  return NULL;
}

/* the main context's side */

static void
tell (CapLocalWorker *self, const Event *event)
{
  switch (event->kind)
    {
    case EVENT_FAILED:
      self->funcs.failed (event->error, self->user_data);
      break;
    case EVENT_HYPOTHESIS:
      self->funcs.hypothesis (&event->hypothesis, self->user_data);
      break;
    case EVENT_SETTLED:
      self->funcs.settled (event->position, self->user_data);
      break;
    case EVENT_HUNGRY:
      self->funcs.hungry (self->user_data);
      break;
    case EVENT_FINISHED:
      self->funcs.finished (self->user_data);
      break;
    }
}

static Event *
next_event (CapLocalWorker *self)
{
  Event *event;

  g_mutex_lock (&self->lock);
  event = self->stopped ? NULL : g_queue_pop_head (&self->events);
  g_mutex_unlock (&self->lock);

  return event;
}

static gboolean
on_events (gpointer user_data)
{
  CapLocalWorker *self = user_data;
  Event *event;

  g_source_set_ready_time (self->source, -1);

  /* A report may call cap_local_worker_stop(). */
  g_atomic_ref_count_inc (&self->ref_count);
  while ((event = next_event (self)) != NULL)
    {
      tell (self, event);
      event_free (event);
    }
  worker_unref (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_events (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { NULL, NULL, dispatch_events, NULL };

static void
queue_item (CapLocalWorker *self, ItemKind kind, guint64 position, CapGateEnd why)
{
  Item *last;

  g_mutex_lock (&self->lock);
  last = g_queue_peek_tail (&self->items);
  if (kind == ITEM_SILENCE && last != NULL && last->kind == ITEM_SILENCE)
    {
      last->position = position;
    }
  else
    {
      Item *item = g_new0 (Item, 1);

      item->kind = kind;
      item->position = position;
      item->why = why;
      g_queue_push_tail (&self->items, item);
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->lock);
}

/* public methods */

CapLocalWorker *
cap_local_worker_start (GMainContext *context, const char *model_dir, guint keep_ms,
                        const CapLocalWorkerFuncs *funcs, gpointer user_data)
{
  CapLocalWorker *self;
  g_autoptr (GThread) thread = NULL;

  g_return_val_if_fail (funcs != NULL, NULL);

  self = g_new0 (CapLocalWorker, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->model_dir = g_strdup (model_dir);
  self->keep_ms = keep_ms;
  self->funcs = *funcs;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);

  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "local engine");
  g_source_set_callback (self->source, on_events, self, NULL);
  g_source_attach (self->source, context);

  g_atomic_ref_count_inc (&self->ref_count);
  thread = g_thread_new ("recogniser", run, self);

  return self;
}

void
cap_local_worker_stop (CapLocalWorker *self)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_source_destroy (self->source);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);

  worker_unref (self);
}

gsize
cap_local_worker_push (CapLocalWorker *self, guint64 position, const gint16 *samples, gsize n_frames)
{
  gsize n_taken;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (samples != NULL || n_frames == 0, 0);

  if (!self->in_speech)
    {
      if (n_frames > 0)
        queue_item (self, ITEM_SILENCE, position + n_frames, 0);
      return n_frames;
    }

  g_mutex_lock (&self->lock);
  n_taken = MIN (n_frames, LONGEST_QUEUE - self->n_queued);
  self->hungry |= n_taken < n_frames;
  if (n_taken > 0)
    {
      Item *item = g_new0 (Item, 1);

      item->kind = ITEM_SPEECH;
      item->position = position;
      item->samples = g_memdup2 (samples, n_taken * sizeof (gint16));
      item->n_frames = n_taken;
      g_queue_push_tail (&self->items, item);
      self->n_queued += n_taken;
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->lock);

  return n_taken;
}

void
cap_local_worker_speech_begins (CapLocalWorker *self, guint64 position)
{
  g_return_if_fail (self != NULL);

  self->in_speech = TRUE;
  queue_item (self, ITEM_BEGIN, position, 0);
}

void
cap_local_worker_speech_ends (CapLocalWorker *self, guint64 position, CapGateEnd why)
{
  g_return_if_fail (self != NULL);

  self->in_speech = FALSE;
  queue_item (self, ITEM_END, position, why);
}

void
cap_local_worker_finish (CapLocalWorker *self)
{
  g_return_if_fail (self != NULL);

  queue_item (self, ITEM_FINISH, 0, 0);
}
