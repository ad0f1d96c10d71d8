/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "common/segment.h"
#include "common/state.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Delivers captions for as long as they are wanted. Holds a stream, opens another
 * one when the service exits, restarts or drops us, and reports the state. All
 * D-Bus calls are asynchronous.
 *
 * Signals:
 *   begun (const char *path, gint64 epoch): a stream begins, or an earlier one
 *     returns; all its segments follow
 *   segment (const CapSegment *)
 *   caught-up (): the segments from before the subscription have come; later ones
 *     are live
 *   state (): the state changed, or the first text came
 *   level (double dBFS) */
#define CAP_TYPE_SUBSCRIPTION (cap_subscription_get_type ())
G_DECLARE_FINAL_TYPE (CapSubscription, cap_subscription, CAP, SUBSCRIPTION, GObject)

CapSubscription *cap_subscription_new (GDBusConnection *connection);

/* Opens a stream with the service's defaults. If there is a stream already, the new
 * one replaces it. */
void cap_subscription_open (CapSubscription *self);
/* Joins the stream at @path, an object path, instead. When that stream ends, the
 * state becomes "failed" with the reason UnknownObject of the bus, and only
 * cap_subscription_retry () joins it again. */
void cap_subscription_join (CapSubscription *self, const char *path);
/* Whether the current or requested stream is a joined one. */
gboolean cap_subscription_is_joined (CapSubscription *self);
/* Releases the stream: the service no longer captures for us. */
void cap_subscription_close (CapSubscription *self);

/* A pause also applies to streams that are opened later. Meanwhile the state is
 * "paused" and no segments are passed on, even if other holders keep the stream
 * running. */
void cap_subscription_pause (CapSubscription *self);
void cap_subscription_resume (CapSubscription *self);
/* Tries again after a failure, or at once instead of after the delay. */
void cap_subscription_retry (CapSubscription *self);

/* Whether the signal "level" is wanted; it comes five times a second. */
void cap_subscription_set_levels (CapSubscription *self, gboolean levels);

/* Owned by the subscription until the next signal. The state of the stream, or,
 * without a stream:
 *   "closed" if none is wanted, or, with a message, if the session bus is gone
 *   "starting" before the first stream, or, with a message, after a stream was lost
 *   "failed", with a message, if the service is unreachable or refuses; the
 *     subscription tries again where that can help
 * Reasons are full names of errors, including those of the bus. */
const CapState *cap_subscription_get_state (CapSubscription *self);
/* Whether no segment of this stream has come yet. */
gboolean cap_subscription_is_silent (CapSubscription *self);

G_END_DECLS
