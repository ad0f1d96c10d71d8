/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "base/audio.h"
#include "speech/gate.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The text of one utterance, as an engine recognized it so far. */
typedef struct
{
  guint64 utterance;   /* the engine counts from 1; a later hypothesis of the
                        * same utterance replaces this one */
  guint64 begin, end;  /* the positions that the text covers */
  const char *text;    /* the whole text, UTF-8. An empty text that is final
                        * withdraws the utterance; one that is not final
                        * reserves its place in the order */
  gboolean final;      /* no more hypotheses of this utterance follow */
  guint settled;       /* characters of a text that is not final which will not
                        * change; 0 if unknown */
  GVariant *words;     /* word, begin, end as positions: a(stt); NULL if unknown */
  const char *speaker; /* label, or NULL */
  const char *language;/* BCP 47, or NULL */
  const char *engine;  /* id of the engine that recognized the text; NULL for
                        * the engine that emits the hypothesis */
  double confidence;   /* 0 to 1, negative if unknown */
} CapHypothesis;

typedef enum
{
  CAP_ENGINE_STOPPED,      /* not started, or waits for its key: the stream
                            * captures nothing yet */
  CAP_ENGINE_STARTING,     /* loads, or connects for the first time */
  CAP_ENGINE_READY,        /* takes audio */
  CAP_ENGINE_RECONNECTING, /* lost its session, and opens another one */
  CAP_ENGINE_FAILED,       /* gave up; start() tries again */
} CapEngineState;

/* Turns the audio of one stream into text.
 *
 * The stream calls start() once. Then it calls push() with audio, in the order
 * of positions, and calls speech_begins() and speech_ends() between the frames
 * where the gate detected them. An engine that cannot take all frames returns
 * fewer from push(), and emits ::hungry when it can take more; until then, the
 * ledger keeps the audio.
 *
 * An engine that loses audio which it had taken, because its session ended or
 * another engine takes over, emits ::rewind. The stream then pushes again all
 * audio from there on that is not settled. So no word is lost, and no word that
 * has its final text appears twice.
 *
 * Signals, all from the main context:
 *  ::hypothesis (const CapHypothesis *)  valid during the emission
 *  ::hungry                              push() takes frames again
 *  ::settled (guint64 begin, guint64 end)
 *                                        the engine no longer needs this
 *                                        audio: its text is final, or it has
 *                                        no text
 *  ::rewind (guint64 position)           the next push() begins there, or at
 *                                        the first audio after it that is not
 *                                        settled. The engine has abandoned its
 *                                        utterances that are not final; the
 *                                        next utterances with the same audio
 *                                        inherit their places and ids. The
 *                                        engine has also forgotten earlier
 *                                        speech_begins() and finish()
 *  ::state-changed                       see get_state() and get_failure();
 *                                        also after a change of remote host
 *  ::finished                            once after finish(): all audio that
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

/* The id in ListEngines: the construct property "id". */
const char *cap_engine_get_id (CapEngine *self);

/* Changes to STARTING, then to READY or FAILED. Can be called again after a
 * failure. */
void cap_engine_start (CapEngine *self);

/* Returns how many of the frames at @position the engine took; the next push
 * begins after these. The engine takes nothing unless it is READY. */
gsize cap_engine_push (CapEngine *self, guint64 position, const gint16 *samples, gsize n_frames);

/* The gate detected that speech begins or ends at @position, where the next push
 * begins. */
void cap_engine_speech_begins (CapEngine *self, guint64 position);
void cap_engine_speech_ends (CapEngine *self, guint64 position, CapGateEnd why);

/* Tells the engine that no more audio follows: it makes everything final and
 * emits ::finished. The owner may dispose of an engine without this call if it
 * no longer needs the text. */
void cap_engine_finish (CapEngine *self);

/* Lets the engine release what costs money or memory, as soon as all pushed
 * audio has its text. The stream calls this during long silence and before the
 * computer sleeps. The next speech makes the engine acquire it again. */
void cap_engine_rest (CapEngine *self);

CapEngineState cap_engine_get_state (CapEngine *self);

/* Why the state is RECONNECTING or FAILED, or why a stand-in does the work while it is
 * READY; NULL otherwise. */
const GError *cap_engine_get_failure (CapEngine *self);

/* The host that receives the speech; empty if speech stays on this computer. */
const char *cap_engine_get_remote_host (CapEngine *self);
double cap_engine_get_sent_seconds (CapEngine *self);
/* The seconds that the service reported as billed; if it reports none, the
 * seconds that were sent. */
double cap_engine_get_billed_seconds (CapEngine *self);
/* How often a new session replaced one that was lost. */
guint cap_engine_get_reconnects (CapEngine *self);

/* For subclasses only: these inform the stream. @failure is copied, and may be
 * NULL. */
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
