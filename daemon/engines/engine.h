/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"
#include "speech/gate.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What an engine believes was said. */
typedef struct
{
  guint64 utterance;   /* the engine's own count, from 1; a later hypothesis
                        * of the same utterance replaces this one */
  guint64 begin, end;  /* positions of what the text covers */
  const char *text;    /* the whole text, UTF-8; empty and final takes the
                        * utterance back, empty and not final
                        * keeps a place in the order for what comes */
  gboolean final;      /* no more hypotheses of this utterance */
  const char *speaker; /* label, or NULL */
  const char *language;/* BCP 47, or NULL */
  const char *engine;  /* id of who recognised it, or NULL: the engine that
                        * says it */
  double confidence;   /* 0 to 1, negative when unknown */
} CapHypothesis;

typedef enum
{
  CAP_ENGINE_STOPPED,      /* not started, or waits for its key: nothing is
                            * to be captured for it yet */
  CAP_ENGINE_STARTING,     /* loading, connecting for the first time */
  CAP_ENGINE_READY,        /* takes audio */
  CAP_ENGINE_RECONNECTING, /* lost its session, gets another by itself */
  CAP_ENGINE_FAILED,       /* gave up; start() tries again */
} CapEngineState;

/* Turns the audio of one stream into text.
 *
 * Its stream calls start() once, then feeds it in the order of positions:
 * push() with audio, speech_begins() and speech_ends() between the frames
 * where the gate saw them. An engine that cannot take audio now returns fewer
 * frames from push() and emits ::hungry when it can take more: the ledger
 * waits, not the engine.
 *
 * An engine that loses what it had taken, because its session ended or another
 * engine goes on in its place, says so by ::rewind. Its stream then feeds it
 * again, from there, what is not settled: no word is lost by it, and none that
 * has its final text is said twice.
 *
 * Signals, all from the main context:
 *  ::hypothesis (const CapHypothesis *)  valid during the emission
 *  ::hungry                              push() takes frames again
 *  ::settled (guint64 begin, guint64 end)
 *                                        this audio is no longer needed: its
 *                                        text is final, or it has none
 *  ::rewind (guint64 position)           push() goes on there, or at the first
 *                                        audio behind it that is not settled.
 *                                        Utterances that are not final are
 *                                        nobody's now: what is said of their
 *                                        audio next inherits their place and
 *                                        id. The engine was told of no speech
 *                                        any more, and of no finish()
 *  ::state-changed                       see get_state() and get_failure();
 *                                        also when the remote host changed
 *  ::finished                            once after finish(): everything that
 *                                        was pushed has its final hypothesis
 */
#define CAP_TYPE_ENGINE (cap_engine_get_type ())
G_DECLARE_DERIVABLE_TYPE (CapEngine, cap_engine, CAP, ENGINE, GObject)

struct _CapEngineClass
{
  GObjectClass parent_class;

  void (*start) (CapEngine *self);
  gsize (*push) (CapEngine *self, guint64 position, const gint16 *samples, gsize n_frames);
  void (*speech_begins) (CapEngine *self, guint64 position);
  void (*speech_ends) (CapEngine *self, guint64 position, CapGateEnd why);
  void (*finish) (CapEngine *self);
  void (*rest) (CapEngine *self); /* may be NULL */
};

/* As ListEngines names it: the property "id", given at construction. */
const char *cap_engine_get_id (CapEngine *self);

/* Goes to STARTING, then to READY or FAILED. Also after a failure. */
void cap_engine_start (CapEngine *self);

/* Returns how many of the frames at @position the engine took: the next push
 * begins after them. Takes nothing unless READY. */
gsize cap_engine_push (CapEngine *self, guint64 position, const gint16 *samples, gsize n_frames);

/* The gate's marks, at the position that the next push has, or would have. */
void cap_engine_speech_begins (CapEngine *self, guint64 position);
void cap_engine_speech_ends (CapEngine *self, guint64 position, CapGateEnd why);

/* No more audio will come: make everything final, then emit ::finished. An
 * engine is disposed of without it when its text does not matter any more. */
void cap_engine_finish (CapEngine *self);

/* Nobody will speak for a while, or the machine is about to sleep: gives back
 * what costs, once what was pushed has its text. The next speech brings it
 * back. */
void cap_engine_rest (CapEngine *self);

CapEngineState cap_engine_get_state (CapEngine *self);

/* Why the state is RECONNECTING or FAILED, NULL otherwise. */
const GError *cap_engine_get_failure (CapEngine *self);

/* The host that speech is sent to; empty when it stays on this machine. */
const char *cap_engine_get_remote_host (CapEngine *self);
double cap_engine_get_sent_seconds (CapEngine *self);
/* What the service said that it charges, or else what was sent to it. */
double cap_engine_get_billed_seconds (CapEngine *self);
/* How often another session took the place of one that was lost. */
guint cap_engine_get_reconnects (CapEngine *self);

/* For subclasses: tell the stream. @failure is copied, and may be NULL. */
void cap_engine_set_state (CapEngine *self, CapEngineState state, const GError *failure);
void cap_engine_emit_hypothesis (CapEngine *self, const CapHypothesis *hypothesis);
void cap_engine_emit_hungry (CapEngine *self);
void cap_engine_emit_settled (CapEngine *self, guint64 begin, guint64 end);
void cap_engine_emit_rewind (CapEngine *self, guint64 position);
void cap_engine_emit_finished (CapEngine *self);
void cap_engine_set_remote_host (CapEngine *self, const char *host);
void cap_engine_add_sent (CapEngine *self, gsize n_frames);
void cap_engine_add_billed (CapEngine *self, double seconds);
void cap_engine_count_reconnect (CapEngine *self);

G_END_DECLS
