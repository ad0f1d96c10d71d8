/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/own-language.h"

#include <string.h>

char *
cap_own_language_find (void)
{
  for (const char *const *name = g_get_language_names (); *name != NULL; name++)
    {
      g_autofree char *code = g_strndup (*name, strspn (*name, G_CSET_a_2_z));

      if (strlen (code) == 2 || strlen (code) == 3)
        return g_steal_pointer (&code);
    }

  return NULL;
}
