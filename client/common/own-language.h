/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The BCP 47 tag of the user's locale; NULL if the locale has no language. */
char *cap_own_language_find (void);

G_END_DECLS
