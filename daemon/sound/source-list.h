/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/graph-mirror.h"

G_BEGIN_DECLS

/* Lists the sources in the graph for the user, as the D-Bus method ListSources
 * returns them: aa{sv}, a floating reference. */
GVariant *cap_source_list_new (const CapGraphMirror *mirror);

G_END_DECLS
