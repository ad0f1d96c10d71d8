/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Makes the message of an error of a call a sentence for who looks at the
 * screen: what the service says is one, what the bus says becomes one,
 * translated. Domain and code stay, or become those of G_DBUS_ERROR where GIO
 * says it in its own words. */
void cap_explain (GError *error);

G_END_DECLS
