/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history-entry.h"

G_BEGIN_DECLS

/* The text on the screen at one time: at most two lines, which all subtitle formats
 * support. */
typedef struct
{
  gint64 begin;  /* microseconds since the first entry; cues do not overlap */
  gint64 end;    /* at least 0.7 s after @begin */
  char *speaker; /* "" if unknown */
  gboolean first; /* first cue of its entry; its first line leaves room for "SPEAKER: " */
  char *text;    /* one or two lines */
} CapCue;

/* Returns an array of CapCue.
 * @entries: of CapHistoryEntry, in reading order. */
GPtrArray *cap_cues_new (GListModel *entries);

/* Appends "00:00:01,500 --> 00:00:03,000". @point: the character before the
 * milliseconds. */
void cap_cue_append_times (const CapCue *self, char point, GString *text);

G_END_DECLS
