/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The middle of the quietest 50 ms between two frames, or of all if they are less. */
gsize cap_quiet_find (const float *samples, gsize begin, gsize end);

G_END_DECLS
