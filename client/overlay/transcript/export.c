/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/export.h"

static const CapExport *const exports[] = {
  &cap_export_text,
  &cap_export_srt,
  &cap_export_vtt,
  NULL,
};

const CapExport *const *
cap_export_list (void)
{
  return exports;
}

const CapExport *
cap_export_find (const char *file_name)
{
  const char *dot;

  g_return_val_if_fail (file_name != NULL, NULL);

  dot = strrchr (file_name, '.');
  if (dot == NULL)
    return NULL;

  for (guint i = 0; exports[i] != NULL; i++)
    if (g_ascii_strcasecmp (dot + 1, exports[i]->extension) == 0)
      return exports[i];

  return NULL;
}
