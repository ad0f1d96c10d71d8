/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Turns the message of a failed D-Bus call into a sentence for people. Messages of
 * the service already are sentences; those of the bus are replaced by translated
 * ones. Domain and code stay, except that errors for which GIO has a code of its
 * own get that of G_DBUS_ERROR. */
void cap_explain (GError *error);

G_END_DECLS
