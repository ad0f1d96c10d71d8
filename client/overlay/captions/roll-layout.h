/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll-entry.h"

G_BEGIN_DECLS

/* All lines of @entries, which are CapRollEntry in reading order: an array of
 * CapRollLine. Tells each entry its last line.
 * @plain: whether text that is not final looks as if it were. */
GPtrArray *cap_roll_layout (GPtrArray *entries, gboolean plain, CapRollFit fit, gpointer data);

G_END_DECLS
