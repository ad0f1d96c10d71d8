/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "realtime/line.h"
#include "realtime/opener.h"

G_BEGIN_DECLS

/* The lines of one engine, whose sessions overlap: a service ends each session
 * after some time, so a second one is opened before that, and takes over at a
 * pause.
 *
 * The current line takes audio. The next line is ready to take its place. The
 * last line was replaced: it takes no audio, and stays until its turns have
 * their texts and its session is closed. */
typedef struct _CapRollover CapRollover;

/* From the main context, and never from inside a call. */
typedef struct
{
  /* The session nears its end. Returns whether a next one would be of use. */
  gboolean (*may_open) (gpointer user_data);
  /* There is a next line: see cap_rollover_change_over(). */
  void (*ready) (gpointer user_data);
} CapRolloverFuncs;

/* @funcs, @line_funcs: constant. @user_data is passed to both. */
CapRollover *cap_rollover_new (const CapRolloverFuncs *funcs,
                               const CapRealtimeLineFuncs *line_funcs,
                               gpointer user_data);
void cap_rollover_free (CapRollover *self);

/* Takes over @session, which is ready, as the current line; there must be none.
 * @opener got it, and must live until cap_rollover_drop_all(). */
void cap_rollover_begin (CapRollover *self, CapRealtimeSession *session, CapRealtimeOpener *opener);

/* NULL when there is none. */
CapRealtimeLine *cap_rollover_get_line (CapRollover *self);
gboolean cap_rollover_is_next (CapRollover *self, CapRealtimeLine *line);

/* Whether everything that was sent has its text. */
gboolean cap_rollover_is_idle (CapRollover *self);

/* Whether a next line is ready, and the current session ends so soon (within
 * 40 s) that even a turn that goes on should end for it. */
gboolean cap_rollover_is_urgent (CapRollover *self);

/* Makes the next line the current one: later audio goes there. The current turn
 * ends at @position. Returns FALSE when nothing changed: no next line is ready,
 * or the last one still has to write. */
gboolean cap_rollover_change_over (CapRollover *self, guint64 position);

/* Drops the current and the last line, whose session is lost, and goes on with
 * the next one if it is ready. Returns the first position that was sent and
 * has no text now; G_MAXUINT64 when there is none. */
guint64 cap_rollover_replace (CapRollover *self);

/* Closes the current session without another: it becomes the last line, which
 * must be idle. */
void cap_rollover_close_current (CapRollover *self);

/* Closes the session of the last line, if that has all its texts. */
void cap_rollover_close_last (CapRollover *self);

/* The session of @line, any of the three, has ended: forgets it. Another next
 * session is tried later. */
void cap_rollover_remove (CapRollover *self, CapRealtimeLine *line);

/* Drops every line. Returns what cap_rollover_replace() does. */
guint64 cap_rollover_drop_all (CapRollover *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRollover, cap_rollover_free)

G_END_DECLS
