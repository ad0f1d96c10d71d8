/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "speech/gate.h"

G_BEGIN_DECLS

/* For tests. */

/* Whether a range of speech has begun and not ended. */
gboolean cap_gate_is_open (CapGate *self);

G_END_DECLS
