/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/history-save.h"

#include <glib/gi18n.h>

typedef struct
{
  GListModel *entries; /* private copy, for the thread */
  GFile *file;
  const CapExport *format;
  gboolean named; /* the user typed the extension */
} Save;

static void
free_save (gpointer data)
{
  Save *save = data;

  g_object_unref (save->entries);
  g_object_unref (save->file);
  g_free (save);
}

static GListModel *
copy_entries (GListModel *entries)
{
  GListStore *copy = g_list_store_new (CAP_TYPE_HISTORY_ENTRY);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (entries);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, g_list_model_get_item (entries, i));
  g_list_store_splice (copy, 0, 0, items->pdata, items->len);

  return G_LIST_MODEL (copy);
}

static GFile *
add_extension (GFile *file, const CapExport *format)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *longer = g_strconcat (uri, ".", format->extension, NULL);

  return g_file_new_for_uri (longer);
}

/* Creates the file or replaces it. A replaced file is written beside the old one
 * first, because the old one may be readable by others, and is worth more than half
 * a new one.
 * @created: set to whether the file is new */
static GFileOutputStream *
open_file (Save *save, gboolean *created, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GFileOutputStream *stream = g_file_create (save->file, G_FILE_CREATE_PRIVATE, cancellable, &local_error);

  *created = stream != NULL;
  if (stream == NULL && save->named && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    return g_file_replace (save->file, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                           cancellable, error);

  if (stream == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return stream;
}

/* Closing with a cancelled cancellable keeps the old file; otherwise the incomplete
 * one would replace it. */
static void
give_up (GOutputStream *stream)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_output_stream_close (stream, cancelled, NULL);
}

static gboolean
write_file (Save *save, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = save->format->compose (save->entries);
  g_autoptr (GFileOutputStream) file = NULL;
  GOutputStream *stream;
  gboolean created;

  file = open_file (save, &created, cancellable, error);
  if (file == NULL)
    return FALSE;

  stream = G_OUTPUT_STREAM (file);
  if (g_output_stream_write_all (stream, text, strlen (text), NULL, cancellable, error)
      && g_output_stream_close (stream, cancellable, error))
    return TRUE;

  give_up (stream);
  if (created)
    g_file_delete (save->file, NULL, NULL);
  return FALSE;
}

/* A sentence for people, because messages of the system repeat the file name and
 * are technical. */
static const char *
explain (const GError *error)
{
  switch (error->domain == G_IO_ERROR ? error->code : G_IO_ERROR_FAILED)
    {
    case G_IO_ERROR_EXISTS:
      return _("A file with this name already exists. Choose another name.");
    case G_IO_ERROR_NOT_FOUND:
    case G_IO_ERROR_NOT_DIRECTORY:
      return _("The folder no longer exists. Choose another one.");
    case G_IO_ERROR_PERMISSION_DENIED:
    case G_IO_ERROR_READ_ONLY:
      return _("You do not have permission to write to this folder. Choose another one.");
    case G_IO_ERROR_NO_SPACE:
      return _("The disk is full. Free some space or choose another disk.");
    default:
      return error->message;
    }
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Save *save = data;
  g_autofree char *name = g_file_get_parse_name (save->file);
  g_autoptr (GError) error = NULL;

  if (write_file (save, cancellable, &error))
    g_task_return_pointer (task, g_object_ref (save->file), g_object_unref);
  else
    g_task_return_new_error (task, error->domain, error->code,
                             _("The transcript could not be saved as “%s”. %s"), name, explain (error));
}

void
cap_history_save (GListModel *entries,
                  GFile *file,
                  const CapExport *usual,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *name = NULL;
  const CapExport *format;
  Save *save;

  g_return_if_fail (G_IS_LIST_MODEL (entries));
  g_return_if_fail (G_IS_FILE (file));

  name = g_file_get_basename (file);
  format = name != NULL ? cap_export_find (name) : NULL;
  save = g_new0 (Save, 1);
  save->entries = copy_entries (entries);
  save->named = format != NULL;
  save->format = save->named ? format : usual;
  save->file = save->named ? g_object_ref (file) : add_extension (file, usual);

  g_task_set_source_tag (task, cap_history_save);
  g_task_set_task_data (task, save, free_save);
  g_task_run_in_thread (task, run);
}

GFile *
cap_history_save_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (result != NULL, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
