/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/capture-plan.h"

G_BEGIN_DECLS

/* Decides which captured frames may leave the capture. Sound and the events about
 * links arrive on different threads, so sound may come before the event that
 * says where it is from. Therefore frames wait until the server has answered a
 * request (a sync) that was sent after the frames arrived. By then captiond
 * knows every link that existed while they were captured, and releases the
 * frames only if none of those links was forbidden. The quarantine itself
 * neither talks to the server nor holds the frames. */
typedef struct
{
  CapLinks links;      /* the last judgement */
  guint taint;         /* counts the judgements other than ALLOWED */
  gint64 trusted_from; /* CLOCK_MONOTONIC, ns: earlier frames are dropped */

  gboolean asking;     /* a request is on its way */
  gboolean ask_again;  /* more frames arrived since that request */
  int seq;             /* the number of the request; set by the caller */
  guint64 end;         /* the request is about the frames below this */
  guint asked_taint;   /* taint at the time of the request */
} CapQuarantine;

/* To be called for a new node, which has neither links nor frames. */
void cap_quarantine_reset (CapQuarantine *self);

/* Records a judgement of the links. @now: CLOCK_MONOTONIC, ns. */
void cap_quarantine_see (CapQuarantine *self, CapLinks links, gint64 now);

/* Records that frames up to @end arrived. If TRUE, the caller must send a request
 * now and put its number into seq. */
gboolean cap_quarantine_ask (CapQuarantine *self, guint64 end);

/* Records the answer to request @seq. FALSE if that is not the awaited request.
 * *@again: whether the caller should send another request at once. */
gboolean cap_quarantine_answer (CapQuarantine *self, int seq, gboolean *again);

/* After an answer: whether the frames below end may leave the capture. */
gboolean cap_quarantine_is_clean (const CapQuarantine *self);

/* Whether a frame that was captured at @time (CLOCK_MONOTONIC, ns) may. */
gboolean cap_quarantine_trusts (const CapQuarantine *self, gint64 time);

G_END_DECLS
