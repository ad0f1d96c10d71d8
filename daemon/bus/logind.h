/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What logind knows: whether the machine goes to sleep, and whether the user
 * has left the screen. It delays sleep until it is told that all is ready. A
 * system without logind never sleeps and is never locked; a logind that is
 * started, or started anew, while this lives is found.
 *
 * It has a connection to the system bus of its own, and nothing of it is left
 * when this is gone.
 *
 * Signal ::changed: one of the answers below is another one. */
#define CAP_TYPE_LOGIND (cap_logind_get_type ())
G_DECLARE_FINAL_TYPE (CapLogind, cap_logind, CAP, LOGIND, GObject)

CapLogind *cap_logind_new (void);

/* Whether the answers below are those of logind, or it is known that there is
 * none. Takes as long as the system bus does, which may be for ever. */
gboolean cap_logind_has_answered (CapLogind *self);

/* From the moment on that the machine prepares for it, until it has woken. */
gboolean cap_logind_is_asleep (CapLogind *self);

/* Whether the session is locked, or another one is on its screen. While logind
 * is away it stays as it was: a restart unlocks nothing. */
gboolean cap_logind_is_locked (CapLogind *self);

/* The machine may sleep now. logind waits for this call no longer than 5 s
 * unless it is configured otherwise. */
void cap_logind_ready_to_sleep (CapLogind *self);

G_END_DECLS
