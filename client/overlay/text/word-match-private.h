/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* For tests. */

#pragma once

#include "overlay/text/word-match.h"

G_BEGIN_DECLS

/* Whether its script writes words without spaces between them. */
gboolean cap_word_is_spaceless (gunichar c);

G_END_DECLS
