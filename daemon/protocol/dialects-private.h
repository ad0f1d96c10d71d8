/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* For tests. */

#pragma once

#include "protocol/dialects.h"

G_BEGIN_DECLS

/* All dialects in the order in which "auto" tries them. NULL-terminated, static. */
const CapDialect *const *cap_dialects (void);

G_END_DECLS
