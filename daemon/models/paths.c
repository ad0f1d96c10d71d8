/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/paths.h"
#include "models/entry.h"

#include <string.h>

#define MAX_BYTES 1024
#define MAX_NAME_BYTES 255
#define MAX_COMPONENTS 16

/* private */

static gboolean
is_text (const char *path)
{
  if (!g_utf8_validate (path, -1, NULL))
    return FALSE;

  for (const char *at = path; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;

  return TRUE;
}

static gboolean
is_name (const char *name)
{
  return *name != '\0' && strlen (name) <= MAX_NAME_BYTES && !g_str_equal (name, ".")
         && !g_str_equal (name, "..");
}

/* public functions */

gboolean
cap_member_path_is_safe (const char *path)
{
  g_auto (GStrv) names = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  if (strlen (path) > MAX_BYTES || !is_text (path))
    return FALSE;

  names = g_strsplit (path, "/", -1);
  if (names[0] == NULL || g_strv_length (names) > MAX_COMPONENTS)
    return FALSE;
  for (char **name = names; *name != NULL; name++)
    if (!is_name (*name))
      return FALSE;

  /* Also refused in other cases, because the folder may be copied to another system. */
  return g_ascii_strcasecmp (names[0], CAP_MODEL_ENTRY_NAME) != 0
         && g_ascii_strcasecmp (names[0], CAP_MODEL_MANIFEST_NAME) != 0;
}

char *
cap_member_path_clean (const char *raw)
{
  g_auto (GStrv) names = NULL;
  g_autoptr (GString) path = NULL;

  g_return_val_if_fail (raw != NULL, NULL);

  if (*raw == '/')
    return NULL;

  names = g_strsplit (raw, "/", -1);
  path = g_string_new (NULL);
  for (char **name = names; *name != NULL; name++)
    {
      if (g_str_equal (*name, ".."))
        return NULL;
      if (**name == '\0' || g_str_equal (*name, "."))
        continue;
      g_string_append_printf (path, "%s%s", path->len > 0 ? "/" : "", *name);
    }

  return g_string_free (g_steal_pointer (&path), FALSE);
}

const char *
cap_member_path_strip (const char *path, guint n)
{
  g_return_val_if_fail (path != NULL, NULL);

  for (; n > 0 && path != NULL; n--)
    {
      path = strchr (path, '/');
      if (path != NULL)
        path++;
    }

  return path != NULL && *path != '\0' ? path : NULL;
}
