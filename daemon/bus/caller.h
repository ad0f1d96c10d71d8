/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint max_holds;        /* at the same time */
  guint max_opens;        /* calls of OpenStream in a minute, at most 60 */
  guint ping_interval_ms; /* at least this long between two pings */
  guint stall_ms;         /* without an answer for this long, it gets no more text */
  guint drop_ms;          /* without an answer for this long, it is lost */
} CapCallerLimits;

#define CAP_CALLER_LIMITS { 32, 60, 10000, 30000, 90000 }

/* A program that called the service, by its unique bus name: its identity, its
 * limits, and whether it still reads its messages. While the service sends text
 * to the program, it also pings the program now and then, because the bus keeps
 * unread messages without limit.
 *
 * Signal ::lost: the program has not answered a ping for drop_ms. */
#define CAP_TYPE_CALLER (cap_caller_get_type ())
G_DECLARE_FINAL_TYPE (CapCaller, cap_caller, CAP, CALLER, GObject)

/* @process: the name of the process, for people.
 * @app_id: the application id of its sandbox, or NULL outside of a sandbox. */
CapCaller *cap_caller_new (GDBusConnection *connection,
                           const char *bus_name,
                           const char *process,
                           const char *app_id,
                           const CapCallerLimits *limits);

const char *cap_caller_get_bus_name (CapCaller *self);
const char *cap_caller_get_process (CapCaller *self);
const char *cap_caller_get_app_id (CapCaller *self);

/* Counts a call of OpenStream. Fails with CAP_ERROR_LIMIT_EXCEEDED after too
 * many calls within a minute, or if the caller has too many holds. */
gboolean cap_caller_admit (CapCaller *self, GError **error);

void cap_caller_add_hold (CapCaller *self);
void cap_caller_remove_holds (CapCaller *self, guint n);

/* Whether the service may send a text to the caller now. Call this once for
 * each text: it also pings the caller when a ping is due. */
gboolean cap_caller_may_send (CapCaller *self);

G_END_DECLS
