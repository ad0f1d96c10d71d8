/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "engines/engine.h"
#include "speech/ledger.h"

G_BEGIN_DECLS

/* Gives an engine the audio of a ledger, and the begins and ends of speech, each at
 * its position. It continues where the engine stopped taking audio, leaves out
 * what is settled, and notices audio that the ledger freed before the engine got
 * it. It knows neither the capture nor the transcript. */
typedef struct _CapFeeder CapFeeder;

typedef struct
{
  /* The audio before @position is gone: no engine can get it again. */
  void (*gone) (guint64 position, gpointer user_data);
  /* Between @begin and @end, @seconds of speech were lost. */
  void (*gap) (guint64 begin, guint64 end, double seconds, gpointer user_data);
} CapFeederFuncs;

/* @ledger, @gate and @engine must outlive the feeder. */
CapFeeder *cap_feeder_new (CapLedger *ledger,
                           CapGate *gate,
                           CapEngine *engine,
                           const CapFeederFuncs *funcs,
                           gpointer user_data);
void cap_feeder_free (CapFeeder *self);

/* Records that speech begins or ends at @position, in the order of positions. */
void cap_feeder_mark (CapFeeder *self, guint64 position, gboolean begins, CapGateEnd why);

/* Skips the audio that the ledger freed. To be called after the ledger has grown,
 * and before cap_feeder_push(). */
void cap_feeder_skip_lost (CapFeeder *self);

/* Gives the engine, which must be READY, what the gate has judged. FALSE if the
 * engine did not take all of it. */
gboolean cap_feeder_push (CapFeeder *self);

/* The engine settled [@begin, @end). */
void cap_feeder_settle (CapFeeder *self, guint64 begin, guint64 end);

/* The engine lost what it had taken since @position: the next push starts there. */
void cap_feeder_rewind (CapFeeder *self, guint64 position);

/* Reports the current gap, if there is one; the second function only if the engine
 * has taken enough audio after it. A gap that grows long is reported at once. */
void cap_feeder_report_gap (CapFeeder *self);
void cap_feeder_report_old_gap (CapFeeder *self);

/* Frames of speech that the engine never got. */
guint64 cap_feeder_get_lost_frames (CapFeeder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapFeeder, cap_feeder_free)

G_END_DECLS
