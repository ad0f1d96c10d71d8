/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether @host, a name or an address without brackets, is this computer by its form:
 * "localhost", a name below it, or a loopback address. Asks no resolver. */
gboolean cap_host_is_this_computer (const char *host);

/* The resolver of the desktop or the environment, which is not asked about this
 * computer: a proxy on the network could neither reach it nor may it read what stays
 * here. */
GProxyResolver *cap_proxy_resolver_new (void);

G_END_DECLS
