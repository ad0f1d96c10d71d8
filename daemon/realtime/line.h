/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "realtime/session.h"
#include "realtime/turns.h"

G_BEGIN_DECLS

/* A line is one session with the turns that are spoken in it. It takes the
 * stream's audio as fast as the service reads it, and knows when the service will
 * end the session. */
typedef struct _CapRealtimeLine CapRealtimeLine;

/* Called from the main context, and, but for @turns, never from inside a call. */
typedef struct
{
  /* The last call: the owner frees the line. @fault: NULL after close(). */
  void (*ended) (CapRealtimeLine *line, const CapFault *fault, gpointer user_data);
  /* The model does not take these fields, of CapField. */
  void (*refused) (guint fields, gpointer user_data);
  /* The service charges for @seconds more. */
  void (*billed) (double seconds, gpointer user_data);
  /* push() takes frames again, after it had taken fewer than it was given. */
  void (*hungry) (gpointer user_data);
  CapRealtimeTurnsFuncs turns;
} CapRealtimeLineFuncs;

/* Takes over the reference to @session, which is ready. @funcs: constant. */
CapRealtimeLine *cap_realtime_line_new (CapRealtimeSession *session,
                                        const CapRealtimeLineFuncs *funcs,
                                        gpointer user_data);
/* Drops the connection without a goodbye, even if turns still wait for their
 * texts. */
void cap_realtime_line_free (CapRealtimeLine *self);

/* Closes the session with a goodbye; ended() follows. */
void cap_realtime_line_close (CapRealtimeLine *self);
/* The network has changed. See cap_realtime_connection_check(). */
void cap_realtime_line_check (CapRealtimeLine *self);

/* Monotonic, µs: when the session began, and when the service will end it; 0 where
 * that is not known. */
gint64 cap_realtime_line_get_begun (CapRealtimeLine *self);
gint64 cap_realtime_line_get_end (CapRealtimeLine *self);

/* Speech. Returns how many frames were taken: fewer than @n_frames while the
 * service is behind, and while another turn may not begin yet. */
gsize cap_realtime_line_push (CapRealtimeLine *self,
                              guint64 position,
                              const gint16 *samples,
                              gsize n_frames);
/* Audio without speech, which is not sent. */
void cap_realtime_line_skip (CapRealtimeLine *self, guint64 position, gsize n_frames);
/* The gate ended speech at @position. @goes_on: it only cut for the length, and
 * speech goes on there; a service that detects turns does not notice. */
void cap_realtime_line_end_turn (CapRealtimeLine *self, guint64 position, gboolean goes_on);

gboolean cap_realtime_line_is_turn_open (CapRealtimeLine *self);
/* Whether no turn is open, and none waits for its text. */
gboolean cap_realtime_line_is_idle (CapRealtimeLine *self);
/* The first position that was taken and has no text yet; G_MAXUINT64 when nothing
 * was taken. */
guint64 cap_realtime_line_get_open (CapRealtimeLine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeLine, cap_realtime_line_free)

G_END_DECLS
