/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "overlay/captions/roll-entry.h"

G_BEGIN_DECLS

/* Lays out @entries (CapRollEntry in reading order) and returns an array of
 * CapRollLine. Sets the last line of each entry.
 * @plain: whether partial results look like final text. */
GPtrArray *cap_roll_layout (GPtrArray *entries, gboolean plain, CapRollFit fit, gpointer user_data);

G_END_DECLS
