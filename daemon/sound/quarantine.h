/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/capture-plan.h"

G_BEGIN_DECLS

/* Decides which captured frames may go on. Sound arrives on another thread
 * than the news of what is linked, and may be ahead of it: so frames wait
 * until the server has answered a question that was asked after they came.
 * By then everything that was linked while they were captured is known, and
 * they go on only if nothing of it was forbidden. Knows neither the server
 * nor the frames. */
typedef struct
{
  CapLinks links;      /* as last seen */
  guint taint;         /* grows whenever something else than allowed was seen */
  gint64 trusted_from; /* CLOCK_MONOTONIC, ns: earlier frames are not to be had */

  gboolean asking;
  gboolean ask_again;  /* more came while the question was on its way */
  int seq;             /* the question's number */
  guint64 end;         /* frames below it are what is asked about */
  guint asked_taint;
} CapQuarantine;

/* For a new node: nothing is linked, nothing was captured. */
void cap_quarantine_reset (CapQuarantine *self);

/* @now: CLOCK_MONOTONIC, ns. */
void cap_quarantine_see (CapQuarantine *self, CapLinks links, gint64 now);

/* Frames came, up to @end. TRUE when the server is to be asked now; put the
 * number of that question into seq. */
gboolean cap_quarantine_ask (CapQuarantine *self, guint64 end);

/* FALSE when it is not the answer that is waited for. Otherwise @again says
 * whether to ask at once once more. */
gboolean cap_quarantine_answer (CapQuarantine *self, int seq, gboolean *again);

/* After the answer: whether frames below end may go on. */
gboolean cap_quarantine_is_clean (const CapQuarantine *self);

/* Whether a frame captured at @time (CLOCK_MONOTONIC, ns) may. */
gboolean cap_quarantine_trusts (const CapQuarantine *self, gint64 time);

G_END_DECLS
