/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "providers/credentials.h"
#include "realtime/doors.h"
#include "realtime/session.h"

G_BEGIN_DECLS

/* Called from the main context; retrying() and failed() also from inside of
 * open_again(). */
typedef struct
{
  /* The key was found, and the first session is being opened. May be NULL for an
   * opener of cap_realtime_opener_new_beside(). */
  void (*connecting) (gpointer user_data);
  /* A try failed, and the opener will make another one after a wait. */
  void (*retrying) (const GError *why, gpointer user_data);
  /* @session is ready; the caller owns it now. */
  void (*opened) (CapRealtimeSession *session, gpointer user_data);
  /* The opener gave up. */
  void (*failed) (const GError *why, gpointer user_data);
} CapRealtimeOpenerFuncs;

/* Opens sessions with a provider's service: finds the key and the door that is
 * open, and tries again, with growing waits, after failures that may pass. */
typedef struct _CapRealtimeOpener CapRealtimeOpener;

/* @language: BCP 47, or empty. @funcs: constant. */
CapRealtimeOpener *cap_realtime_opener_new (CapProvider *provider,
                                            const char *language,
                                            CapCredentials *credentials,
                                            CapLearnt *learnt,
                                            const CapRealtimeOpenerFuncs *funcs,
                                            gpointer user_data);
/* An opener that uses the key and the door that @other found. @other may be freed
 * afterwards. */
CapRealtimeOpener *cap_realtime_opener_new_beside (CapRealtimeOpener *other,
                                                   const CapRealtimeOpenerFuncs *funcs,
                                                   gpointer user_data);
void cap_realtime_opener_free (CapRealtimeOpener *self);

/* FALSE: no dialect fits the provider's settings, and open() must not be called. */
gboolean cap_realtime_opener_can_open (CapRealtimeOpener *self);

/* Opens the first session. @may_prompt: somebody is there to unlock the keyring. */
void cap_realtime_opener_open (CapRealtimeOpener *self, gboolean may_prompt);

/* Opens another session. @fault: how the one before ended; NULL: open one at
 * once. @good: that one was of use, so the count of tries begins anew. */
void cap_realtime_opener_open_again (CapRealtimeOpener *self, const CapFault *fault, gboolean good);

/* The network is back: tries at once instead of waiting longer, unless the service
 * asked for the wait. */
void cap_realtime_opener_hurry (CapRealtimeOpener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRealtimeOpener, cap_realtime_opener_free)

G_END_DECLS
