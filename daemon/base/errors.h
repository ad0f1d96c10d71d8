/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether both errors have the same domain, code and message, or both are NULL. */
gboolean cap_errors_equal (const GError *a, const GError *b);

G_END_DECLS
