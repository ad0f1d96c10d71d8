/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/segment.h"
#include "common/state.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Captions for as long as somebody wants them: holds a stream, opens another
 * when the service went away, was started anew, or dropped us, and says how
 * it stands. Everything over D-Bus, and nothing of it waits.
 *
 * Signals:
 *   begun (const char *path, gint64 epoch): another stream, or one that was
 *     there before and let go; all its segments follow
 *   segment (const CapSegment *)
 *   state (): cap_subscription_get_state () or cap_subscription_is_silent () says
 *     something else
 *   level (double dBFS) */
#define CAP_TYPE_SUBSCRIPTION (cap_subscription_get_type ())
G_DECLARE_FINAL_TYPE (CapSubscription, cap_subscription, CAP, SUBSCRIPTION, GObject)

CapSubscription *cap_subscription_new (GDBusConnection *connection);

/* Opens a stream made of the service's defaults. Once more: with what the
 * defaults are now, in the place of the stream before. */
void cap_subscription_open (CapSubscription *self);
/* Joins the stream at @path instead, an object path. When that ends the subscription
 * has failed, with a sentence and the reason UnknownObject of the bus: only
 * cap_subscription_retry () tries to join it again. */
void cap_subscription_join (CapSubscription *self, const char *path);
/* Whether what is shown, or is to be, is a stream that was joined. */
gboolean cap_subscription_is_joined (CapSubscription *self);
/* Lets go of it: nothing is captured for us any more. */
void cap_subscription_close (CapSubscription *self);

/* It holds for every stream, also those that are opened later; while it does,
 * the state is "paused" though others may keep the stream at work, of which
 * nothing is passed on then. */
void cap_subscription_pause (CapSubscription *self);
void cap_subscription_resume (CapSubscription *self);
/* After a failure, or without waiting for the next try. */
void cap_subscription_retry (CapSubscription *self);

/* Whether the signal level is wanted: it wakes us five times a second. */
void cap_subscription_set_levels (CapSubscription *self, gboolean levels);

/* How it stands, owned by the subscription until the next signal: state is what the
 * stream says, or, without a stream: "closed" while none is wanted, or, with a
 * message, when the session bus is gone; "starting" before there is one, with
 * a message when the one before was lost; "failed" with a message when the
 * service cannot be reached or refuses, in which case it is tried again by
 * itself where that can help. Reasons are full names of errors, of the bus too. */
const CapState *cap_subscription_get_state (CapSubscription *self);
/* When the first segment of this stream has not come yet. */
gboolean cap_subscription_is_silent (CapSubscription *self);

G_END_DECLS
