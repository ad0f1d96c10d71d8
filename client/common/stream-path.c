/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/stream-path.h"
#include "dbus/names.h"

#include <string.h>

char *
cap_stream_path_parse (const char *text)
{
  g_autofree char *path = NULL;
  gboolean number;

  g_return_val_if_fail (text != NULL, NULL);

  number = *text != '\0' && strspn (text, "0123456789") == strlen (text);
  path = number ? g_strconcat (CAP_STREAM_PATH_PREFIX, text, NULL) : g_strdup (text);
  if (!g_variant_is_object_path (path) || !g_str_has_prefix (path, CAP_STREAM_PATH_PREFIX))
    return NULL;

  return g_steal_pointer (&path);
}
