/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history-entry.h"

G_BEGIN_DECLS

/* File formats for transcripts. A new format is a new file and a line in export.c. */
typedef struct
{
  const char *name;      /* for people, N_(): "Subtitles (SRT)" */
  const char *extension; /* "srt" */
  /* @entries: of CapHistoryEntry, in reading order. Returns UTF-8 that ends with a
   * line break, or "" if the format allows an empty file. */
  char *(*compose) (GListModel *entries);
} CapExport;

extern const CapExport cap_export_text;
/* Subtitles contain the original text only, because they have no room for a
 * translation. Plain text has both. */
extern const CapExport cap_export_srt;
extern const CapExport cap_export_vtt;

/* All formats, NULL-terminated; the first is the default. */
const CapExport *const *cap_export_list (void);
/* The format for the extension of @file_name, or NULL. */
const CapExport *cap_export_find (const char *file_name);

/* One entry as in plain text, for the clipboard: time of day, speaker, text, and
 * its translation on a line below. No line break at the end. */
char *cap_export_text_compose_entry (CapHistoryEntry *entry);

G_END_DECLS
