/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "captionctl/terminal.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Shows on the standard error how far a job is: a bar on a terminal, otherwise a line for
 * each stage; or writes JSON to the standard output. */
typedef struct
{
  const char *id;
  gboolean json;
  gboolean bar;
  CapTerminal terminal;
  char *stage; /* the last one that was shown */
} CapModelProgress;

void cap_model_progress_begin (CapModelProgress *self, const char *id, gboolean json);
/* A CapJobCallFunc; @user_data is the CapModelProgress. */
void cap_model_progress_show (const char *stage, guint64 done, guint64 total, gpointer user_data);
/* Removes the bar. */
void cap_model_progress_end (CapModelProgress *self);

/* One line for people, without the line break. @width: of the bar. */
char *cap_model_progress_print (const char *id, const char *stage, guint64 done, guint64 total, guint width);

G_END_DECLS
