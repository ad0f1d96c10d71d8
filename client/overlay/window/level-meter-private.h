/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* For tests. */

#pragma once

#include "overlay/window/level-meter.h"

G_BEGIN_DECLS

/* Number of filled bars, out of CAP_LEVEL_METER_STEPS. */
guint cap_level_meter_get_step (CapLevelMeter *self);

G_END_DECLS
