/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint max_holds;        /* at the same time */
  guint max_opens;        /* in a minute, at most 60 */
  guint ping_interval_ms; /* between two questions whether it is alive */
  guint stall_ms;         /* without an answer: gets no more text */
  guint drop_ms;          /* without an answer: is lost */
} CapCallerLimits;

#define CAP_CALLER_LIMITS { 32, 60, 10000, 30000, 90000 }

/* One program on the bus that called us, by its unique name: who it is, what
 * it may do, and whether it still listens. While text is sent to it, it is
 * asked now and then whether it is alive: the bus keeps messages for a
 * receiver that does not read them, without limit.
 *
 * Signal ::lost: it does not answer any more. */
#define CAP_TYPE_CALLER (cap_caller_get_type ())
G_DECLARE_FINAL_TYPE (CapCaller, cap_caller, CAP, CALLER, GObject)

/* @process: its name, for people; @app_id: of its sandbox, or NULL. */
CapCaller *cap_caller_new (GDBusConnection *connection,
                           const char *bus_name,
                           const char *process,
                           const char *app_id,
                           const CapCallerLimits *limits);

const char *cap_caller_get_bus_name (CapCaller *self);
const char *cap_caller_get_process (CapCaller *self);
const char *cap_caller_get_app_id (CapCaller *self);

/* Counts a call of OpenStream, and fails with CAP_ERROR_LIMIT_EXCEEDED when
 * there were too many of them, or the caller has too many holds. */
gboolean cap_caller_admit (CapCaller *self, GError **error);

void cap_caller_add_hold (CapCaller *self);
void cap_caller_remove_holds (CapCaller *self, guint n);

/* Whether text may be sent to it now; call it for each. Asks the program
 * whether it is alive when it is time to. */
gboolean cap_caller_may_send (CapCaller *self);

G_END_DECLS
