/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Watches logind: whether the computer goes to sleep, and whether the user's
 * session is locked or not on the screen. It delays sleep until the owner calls
 * ready_to_sleep(). A system without logind never sleeps and is never locked;
 * the object also notices a logind that starts or restarts later.
 *
 * The object has its own connection to the system bus, and closes it when it is
 * disposed.
 *
 * Signal ::changed: one of the answers below has changed. */
#define CAP_TYPE_LOGIND (cap_logind_get_type ())
G_DECLARE_FINAL_TYPE (CapLogind, cap_logind, CAP, LOGIND, GObject)

CapLogind *cap_logind_new (void);

/* Whether logind has answered, or is known to be missing. FALSE for as long as
 * the system bus does not answer, which may be forever. */
gboolean cap_logind_has_answered (CapLogind *self);

/* TRUE from the moment in which the computer prepares to sleep until it has
 * woken up. */
gboolean cap_logind_is_asleep (CapLogind *self);

/* Whether the session is locked, or another session is on its screen. While
 * logind is away, the last answer stays, because a restart unlocks nothing. */
gboolean cap_logind_is_locked (CapLogind *self);

/* Lets the computer sleep now. By default logind waits at most 5 s for this. */
void cap_logind_ready_to_sleep (CapLogind *self);

G_END_DECLS
