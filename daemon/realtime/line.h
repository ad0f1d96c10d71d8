/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "realtime/session.h"
#include "realtime/turns.h"

G_BEGIN_DECLS

/* One session and what is said in it: takes the stream's audio as fast as the
 * service can, and knows until when it may go on. An engine has one; for a
 * while two, when a session nears its end and another takes its place. */
typedef struct _CapRealtimeLine CapRealtimeLine;

/* All from the main context, and none from inside a call. */
typedef struct
{
  /* The last: the line is to be freed now. @fault: NULL after close(). */
  void (*ended) (CapRealtimeLine *line, const CapFault *fault, gpointer user_data);
  void (*refused) (guint fields, gpointer user_data); /* CapField */
  void (*billed) (double seconds, gpointer user_data);
  void (*hungry) (gpointer user_data); /* push() takes frames again */
  CapRealtimeTurnsFuncs turns;
} CapRealtimeLineFuncs;

/* Takes over @session, which is ready. @funcs: constant. */
CapRealtimeLine *cap_realtime_line_new (CapRealtimeSession *session,
                                        const CapRealtimeLineFuncs *funcs,
                                        gpointer user_data);
/* Leaves without a word, whatever still waits for its text. */
void cap_realtime_line_free (CapRealtimeLine *self);

/* Ends it well; ended() follows. */
void cap_realtime_line_close (CapRealtimeLine *self);
/* The network changed: see cap_realtime_connection_check(). */
void cap_realtime_line_check (CapRealtimeLine *self);

/* Monotonic, µs: when it began, and when its service ends it; 0 when that is
 * not known. */
gint64 cap_realtime_line_get_begun (CapRealtimeLine *self);
gint64 cap_realtime_line_get_end (CapRealtimeLine *self);

/* Speech. Returns how many frames were taken: fewer than @n_frames while the
 * service is behind, and when another turn may not begin yet. */
gsize cap_realtime_line_push (CapRealtimeLine *self,
                              guint64 position,
                              const gint16 *samples,
                              gsize n_frames);
/* Audio in which nobody speaks. */
void cap_realtime_line_skip (CapRealtimeLine *self, guint64 position, gsize n_frames);
/* Speech ended at @position. @goes_on: more begins there, and it was ended for
 * its length only; a service that detects turns is not told. */
void cap_realtime_line_end_turn (CapRealtimeLine *self, guint64 position, gboolean goes_on);

gboolean cap_realtime_line_is_turn_open (CapRealtimeLine *self);
/* Whether nothing is open, and nothing waits for its text. */
gboolean cap_realtime_line_is_idle (CapRealtimeLine *self);
/* The first position that it took and that has no text yet; G_MAXUINT64 when
 * it took nothing. */
guint64 cap_realtime_line_get_open (CapRealtimeLine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeLine, cap_realtime_line_free)

G_END_DECLS
