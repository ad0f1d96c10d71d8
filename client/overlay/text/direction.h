/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the paragraph @text runs from right to left. The first letter decides;
 * without letters it does not. */
gboolean cap_direction_is_right_to_left (const char *text);

G_END_DECLS
