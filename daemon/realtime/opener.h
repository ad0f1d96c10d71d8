/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/credentials.h"
#include "realtime/doors.h"
#include "realtime/session.h"

G_BEGIN_DECLS

/* All from the main context; retrying() and failed() also from inside
 * open_again(). */
typedef struct
{
  void (*connecting) (gpointer user_data);                 /* the key is there */
  void (*retrying) (const GError *why, gpointer user_data); /* by itself, later */
  /* A session that is ready, and is the caller's now. */
  void (*opened) (CapRealtimeSession *session, gpointer user_data);
  void (*failed) (const GError *why, gpointer user_data);   /* gave up */
} CapRealtimeOpenerFuncs;

/* Gets a session with a provider's service: finds the key and the door that is
 * open, and tries again what waiting can mend. */
typedef struct _CapRealtimeOpener CapRealtimeOpener;

/* @language: BCP 47, or empty. @funcs: constant. */
CapRealtimeOpener *cap_realtime_opener_new (CapProvider *provider,
                                            const char *language,
                                            CapCredentials *credentials,
                                            CapLearnt *learnt,
                                            const CapRealtimeOpenerFuncs *funcs,
                                            gpointer user_data);
/* Another one, that goes the way that @other found. */
CapRealtimeOpener *cap_realtime_opener_new_beside (CapRealtimeOpener *other,
                                                   const CapRealtimeOpenerFuncs *funcs,
                                                   gpointer user_data);
void cap_realtime_opener_free (CapRealtimeOpener *self);

/* Whether there is any door. */
gboolean cap_realtime_opener_can_open (CapRealtimeOpener *self);

/* The first time. @may_prompt: somebody is there to unlock the keyring. */
void cap_realtime_opener_open (CapRealtimeOpener *self, gboolean may_prompt);

/* After a session that it opened. @fault: how that ended; NULL when one is
 * wanted at once. @good: it was of use, so that tries are counted anew. */
void cap_realtime_opener_open_again (CapRealtimeOpener *self, const CapFault *fault, gboolean good);

/* Does not wait any longer for what it tries, but where the service asked for
 * it: the network is back. */
void cap_realtime_opener_hurry (CapRealtimeOpener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeOpener, cap_realtime_opener_free)

G_END_DECLS
