/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "models/manifest.h"
#include "base/file-read.h"
#include "dbus/error.h"
#include "models/entry.h"
#include "models/paths.h"

#include <string.h>

/* 10,000 files with the longest paths that are usual, and a little more. */
#define MAX_BYTES (4 * 1024 * 1024)
#define DIGEST_DIGITS 64

/* private */

static void
item_free (gpointer data)
{
  CapManifestItem *self = data;

  g_free (self->path);
  g_free (self->sha256);
  g_free (self);
}

static gboolean
is_digest (const char *text)
{
  return strlen (text) == DIGEST_DIGITS && strspn (text, "0123456789abcdef") == DIGEST_DIGITS;
}

static gboolean
parse_line (GPtrArray *manifest, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  guint64 size;

  if (g_strv_length (words) != 3
      || !g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXINT64, &size, NULL)
      || !is_digest (words[1])
      || !(cap_member_path_is_safe (words[2]) || g_str_equal (words[2], CAP_MODEL_ENTRY_NAME)))
    return FALSE;

  cap_manifest_add (manifest, words[2], size, g_strdup (words[1]));
  return TRUE;
}

static char *
load (const char *path)
{
  gsize n;
  g_autofree char *text = cap_file_read (path, MAX_BYTES, &n, NULL);

  return text != NULL && strlen (text) == n ? g_steal_pointer (&text) : NULL;
}

/* public functions */

GPtrArray *
cap_manifest_new (void)
{
  return g_ptr_array_new_with_free_func (item_free);
}

void
cap_manifest_add (GPtrArray *manifest, const char *path, guint64 size, char *sha256)
{
  CapManifestItem *item;

  g_return_if_fail (manifest != NULL);
  g_return_if_fail (path != NULL && sha256 != NULL);

  item = g_new0 (CapManifestItem, 1);
  item->path = g_strdup (path);
  item->size = size;
  item->sha256 = sha256;
  g_ptr_array_add (manifest, item);
}

guint64
cap_manifest_get_size (GPtrArray *manifest)
{
  guint64 size = 0;

  g_return_val_if_fail (manifest != NULL, 0);

  for (guint i = 0; i < manifest->len; i++)
    size += ((CapManifestItem *) g_ptr_array_index (manifest, i))->size;
  return size;
}

GPtrArray *
cap_manifest_read (const char *folder, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GPtrArray) manifest = NULL;
  gboolean good;

  g_return_val_if_fail (folder != NULL, NULL);

  path = g_build_filename (folder, CAP_MODEL_MANIFEST_NAME, NULL);
  text = load (path);
  lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  manifest = cap_manifest_new ();
  good = text != NULL && *text != '\0' && g_str_has_suffix (text, "\n");
  for (char **line = lines; good && *line != NULL; line++)
    good = **line == '\0' || parse_line (manifest, *line);
  if (good)
    return g_steal_pointer (&manifest);

  g_set_error (error, CAP_ERROR, CAP_ERROR_MODEL_DAMAGED,
               "The list of files in %s is missing or damaged, so captiond does not use the model. Remove "
               "the model, and install it again.", folder);
  return NULL;
}

gboolean
cap_manifest_write (GPtrArray *manifest, const char *folder, GError **error)
{
  g_autoptr (GString) text = NULL;
  g_autofree char *path = NULL;

  g_return_val_if_fail (manifest != NULL, FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);

  text = g_string_new (NULL);
  for (guint i = 0; i < manifest->len; i++)
    {
      CapManifestItem *item = g_ptr_array_index (manifest, i);

      g_string_append_printf (text, "%" G_GUINT64_FORMAT " %s %s\n", item->size, item->sha256, item->path);
    }

  path = g_build_filename (folder, CAP_MODEL_MANIFEST_NAME, NULL);
  return g_file_set_contents_full (path, text->str, text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
