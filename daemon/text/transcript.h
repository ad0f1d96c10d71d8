/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"

G_BEGIN_DECLS

/* One piece of text, in the newest form that was published. */
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
  guint partial_interval; /* ms between two texts that are not final */
  guint order_wait;       /* ms that a final waits for an earlier one */
  gsize text_bytes;       /* longest text of a segment */
  gsize history_bytes;    /* memory for segments that will not change */
  guint max_open;         /* segments that are not final at the same time */
} CapTranscriptLimits;

#define CAP_TRANSCRIPT_LIMITS { 100, 10000, 8192, 4 * 1024 * 1024, 64 }

/* Owns a stream's text: gives ids and serials, keeps finals in the order of
 * (start, id), holds partials to their rate, and remembers what was said.
 * Knows neither audio nor the bus.
 *
 * Signals:
 *  ::segment (const CapTranscriptSegment *)    new, or in a newer form
 *  ::retracted (const CapTranscriptSegment *)  taken back
 * Both are valid during the emission. */
#define CAP_TYPE_TRANSCRIPT (cap_transcript_get_type ())
G_DECLARE_FINAL_TYPE (CapTranscript, cap_transcript, CAP, TRANSCRIPT, GObject)

CapTranscript *cap_transcript_new (const CapTranscriptLimits *limits);

/* Takes what an engine believes. @start and @end are the times of the
 * hypothesis, in microseconds since the epoch; @details (a{sv}, floating is
 * sunk) is what goes with the text. */
void cap_transcript_take (CapTranscript *self,
                          const CapHypothesis *hypothesis,
                          gint64 start,
                          gint64 end,
                          GVariant *details);

/* Says that @seconds of speech between @start and @end were lost. */
void cap_transcript_add_gap (CapTranscript *self, gint64 start, gint64 end, double seconds);

/* Whoever said what is not final says no more. What is said next of the time of
 * such a segment takes its place, and its id. */
void cap_transcript_orphan (CapTranscript *self);

/* Nothing is said any more of the time before @time, because it was heard
 * again and there was nothing: takes back what nobody has taken over. */
void cap_transcript_retract_orphans (CapTranscript *self, gint64 time);

/* Nothing is said any more of the time before @time, because it cannot be
 * heard again: what nobody has taken over is final as it stands, marked
 * incomplete. */
void cap_transcript_close_orphans (CapTranscript *self, gint64 time);

/* Nothing more will come: what is not final becomes so, marked incomplete. */
void cap_transcript_finish (CapTranscript *self);

/* Every segment that changed after @serial, oldest change first. The
 * container is the caller's, the segments are valid until the next call. */
GPtrArray *cap_transcript_get_changes (CapTranscript *self, guint64 serial);

G_END_DECLS
