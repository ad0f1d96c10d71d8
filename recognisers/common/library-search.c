/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/library-search.h"

#define SYSTEM_FOLDER "/usr/lib/captiond"

/* The file in @folder or in its folder lib/; NULL if there is none. */
static char *
find_in (const char *folder, const char *file)
{
  g_autofree char *here = g_build_filename (folder, file, NULL);
  g_autofree char *below = g_build_filename (folder, "lib", file, NULL);

  if (g_file_test (here, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&here);
  if (g_file_test (below, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&below);

  return NULL;
}

static char *
find_chosen (const char *chosen, const char *file, const char *variable, GError **error)
{
  char *path;

  if (!g_file_test (chosen, G_FILE_TEST_IS_DIR))
    return g_canonicalize_filename (chosen, NULL);

  path = find_in (chosen, file);
  if (path == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "The folder %s, which %s names, has no %s.", chosen,
                 variable, file);
  return path;
}

char *
cap_library_search (const char *file, const char *variable, const char *const *folders, GError **error)
{
  const char *chosen;
  char *path = NULL;

  g_return_val_if_fail (file != NULL, NULL);
  g_return_val_if_fail (variable != NULL, NULL);
  g_return_val_if_fail (folders != NULL, NULL);

  chosen = g_getenv (variable);
  if (chosen != NULL && *chosen != '\0')
    return find_chosen (chosen, file, variable, error);

  for (guint i = 0; path == NULL && folders[i] != NULL; i++)
    path = find_in (folders[i], file);
  if (path == NULL)
    path = find_in (SYSTEM_FOLDER, file);
  return path != NULL ? path : g_strdup (file);
}
