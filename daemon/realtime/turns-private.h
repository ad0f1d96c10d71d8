/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "realtime/turns.h"

G_BEGIN_DECLS

/* For tests: how long a turn waits for its text, ms. */
void cap_realtime_turns_set_patience (CapRealtimeTurns *self, guint ms);

G_END_DECLS
