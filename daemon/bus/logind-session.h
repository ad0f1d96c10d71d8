/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CAP_LOGIND_NAME "org.freedesktop.login1"
#define CAP_LOGIND_PATH "/org/freedesktop/login1"
#define CAP_LOGIND_MANAGER CAP_LOGIND_NAME ".Manager"
#define CAP_PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

/* The session of this process's user, as one owner of logind's name knows it.
 * The object looks for the session at once, and again whenever sessions come or
 * go.
 *
 * Signal ::changed: logind has answered, or an answer has changed. */
#define CAP_TYPE_LOGIND_SESSION (cap_logind_session_get_type ())
G_DECLARE_FINAL_TYPE (CapLogindSession, cap_logind_session, CAP, LOGIND_SESSION, GObject)

/* @owner: the unique bus name of logind on @bus. */
CapLogindSession *cap_logind_session_new (GDBusConnection *bus, const char *owner);

gboolean cap_logind_session_has_answered (CapLogindSession *self);
/* Whether the session is locked, or not on the screen. FALSE if there is no
 * session, and until logind has answered. */
gboolean cap_logind_session_is_locked (CapLogindSession *self);

G_END_DECLS
