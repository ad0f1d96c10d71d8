/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "local/candidate.h"
#include "local/host.h"

G_BEGIN_DECLS

/* The processes that streams share. Streams share one if their recogniser says that it can
 * be shared, and is to be loaded with the same options. */
#define CAP_TYPE_HOSTS (cap_hosts_get_type ())
G_DECLARE_FINAL_TYPE (CapHosts, cap_hosts, CAP, HOSTS, GObject)

CapHosts *cap_hosts_new (void);

/* The process for @candidate, which lives as long as somebody has a reference; a new one
 * if none runs. Fails as cap_host_new() does. */
CapHost *cap_hosts_get (CapHosts *self, const CapCandidate *candidate, guint threads, GError **error);

G_END_DECLS
