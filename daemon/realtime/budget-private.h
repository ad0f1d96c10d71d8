/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "realtime/budget.h"

G_BEGIN_DECLS

/* For tests, before anything is spent: another clock. @now returns microseconds
 * since 1970. */
void cap_budget_set_clock (CapBudget *self, gint64 (*now) (gpointer user_data), gpointer user_data);

G_END_DECLS
