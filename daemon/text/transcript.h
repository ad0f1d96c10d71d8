/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* A piece of text, in the form that was published last. */
typedef struct
{
  guint64 id;
  guint64 serial;
  char *text; /* UTF-8, at most CapTranscriptLimits.text_bytes */
  gboolean final;
  gboolean retracted;
  gint64 start, end; /* microseconds since the stream's epoch */
  GVariant *details; /* a{sv} */
} CapTranscriptSegment;

typedef struct
{
  guint partial_interval; /* ms between two partial texts */
  guint order_wait;       /* ms that a final text waits for an earlier one */
  gsize text_bytes;       /* longest text of a segment */
  gsize history_bytes;    /* memory for final and retracted segments */
  guint max_open;         /* most segments that are not final at the same time */
} CapTranscriptLimits;

#define CAP_TRANSCRIPT_LIMITS { 100, 10000, 8192, 4 * 1024 * 1024, 64 }

/* Owns a stream's text: assigns ids and serials, publishes final texts in the order
 * of (start, id), limits the rate of partial texts, and keeps a history. It
 * knows neither audio nor D-Bus.
 *
 * Signals:
 *  ::segment (const CapTranscriptSegment *)    a segment is new, or changed
 *  ::retracted (const CapTranscriptSegment *)  a segment was retracted
 * The segments are valid during the emission. */
#define CAP_TYPE_TRANSCRIPT (cap_transcript_get_type ())
G_DECLARE_FINAL_TYPE (CapTranscript, cap_transcript, CAP, TRANSCRIPT, GObject)

CapTranscript *cap_transcript_new (const CapTranscriptLimits *limits);

/* Takes a partial or final text from the engine; a final empty text retracts the
 * segment. @start and @end: the times of the hypothesis, in microseconds since
 * the epoch. @details: a{sv}; a floating reference is sunk. */
void cap_transcript_take (CapTranscript *self,
                          const CapHypothesis *hypothesis,
                          gint64 start,
                          gint64 end,
                          GVariant *details);

/* Adds a segment without text, because @seconds of speech between @start and @end
 * were lost. */
void cap_transcript_add_gap (CapTranscript *self, gint64 start, gint64 end, double seconds);

/* Makes all segments without a final text orphans, because the engine lost its
 * session and will transcribe their audio again. The next text whose times
 * overlap an orphan replaces it, and keeps its id. */
void cap_transcript_orphan (CapTranscript *self);

/* Retracts the orphans that end before @time: the engine transcribed that audio
 * again, and no text replaced them. */
void cap_transcript_retract_orphans (CapTranscript *self, gint64 time);

/* Publishes the orphans that end before @time as final, marked incomplete: their
 * audio is lost, so the engine cannot transcribe it again. */
void cap_transcript_close_orphans (CapTranscript *self, gint64 time);

/* Publishes all open segments as final, because no text will follow. Those without
 * a final text are marked incomplete. */
void cap_transcript_finish (CapTranscript *self);

/* Every segment that changed after @serial, oldest change first. The caller owns
 * the array. The segments are valid until the next call of any function here. */
GPtrArray *cap_transcript_get_changes (CapTranscript *self, guint64 serial);

G_END_DECLS
