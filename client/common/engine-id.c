/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/engine-id.h"

/* The id of a service is never so: it contains no colon, and "local" is reserved. */
gboolean
cap_engine_id_is_local (const char *id)
{
  g_return_val_if_fail (id != NULL, FALSE);

  return g_str_equal (id, "local") || g_str_has_prefix (id, "local:");
}
