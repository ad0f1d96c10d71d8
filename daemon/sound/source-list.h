/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/graph-mirror.h"

G_BEGIN_DECLS

/* The graph as people see it: what ListSources answers, aa{sv}, floating. */
GVariant *cap_source_list_new (const CapGraphMirror *mirror);

G_END_DECLS
