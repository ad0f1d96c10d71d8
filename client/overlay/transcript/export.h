/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/transcript/history-entry.h"

G_BEGIN_DECLS

/* Transcripts as files. A new format is a new file and one line in export.c. */
typedef struct
{
  const char *name;      /* for people, translated by who shows it: N_("Subtitles (SRT)") */
  const char *extension; /* "srt" */
  /* @entries: of CapHistoryEntry, in reading order. UTF-8 that ends with a
   * line break; "" where the format allows a file without text. */
  char *(*compose) (GListModel *entries);
} CapExport;

extern const CapExport cap_export_text;
/* Subtitles are of what was said, in the language in which it was said, and
 * have no room for its translation too, which plain text has. */
extern const CapExport cap_export_srt;
extern const CapExport cap_export_vtt;

/* All of them, ended by NULL; the first is the usual one. */
const CapExport *const *cap_export_list (void);
/* By the end of a file's name; NULL when it is another. */
const CapExport *cap_export_find (const char *file_name);

/* One entry as it stands in plain text, for a clipboard: time of day, speaker,
 * text, and its translation in a line below. No line break at the end. */
char *cap_export_text_compose_entry (CapHistoryEntry *entry);

G_END_DECLS
