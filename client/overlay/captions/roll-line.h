/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll.h"

G_BEGIN_DECLS

/* Constructor of lines, which are immutable. */

/* @runs: of CapRollRun; adjacent runs that look alike are merged. */
CapRollLine *cap_roll_line_new (const char *text,
                                GArray *runs,
                                gboolean right_to_left,
                                gboolean translation);

gboolean cap_roll_line_equal (const CapRollLine *a, const CapRollLine *b);

G_END_DECLS
