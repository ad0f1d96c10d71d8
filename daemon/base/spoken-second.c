/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/spoken-second.h"
#include "base/captiond-resources.h"

GBytes *
cap_spoken_second_load (void)
{
  return g_resource_lookup_data (cap_get_resource (), "/org/captiond/spoken-second.s16",
                                 G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}
