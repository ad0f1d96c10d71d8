/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "sound/source.h"

G_BEGIN_DECLS

/* For tests. */

/* The text from which cap_source_parse() would make @self. The caller owns it. */
char *cap_source_to_string (const CapSource *self);

G_END_DECLS
