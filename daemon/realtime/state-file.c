/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/state-file.h"

#include <glib/gstdio.h>

struct _CapStateFile
{
  char *path;
  GThreadPool *writer; /* of one thread; its tasks are texts */
};

/* private */

static void
write_text (gpointer data, gpointer user_data)
{
  const char *path = user_data;
  g_autofree char *text = data;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  /* Newer GLibs keep the mode of a file that exists. If there is none, this fails. */
  g_chmod (path, 0600);
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_warning ("%s cannot be written, and what captiond would have kept there is lost when it exits: %s",
               path, error->message);
}

/* One thread keeps the order. g_file_replace_contents_bytes_async() goes through
 * the main loop between its steps, which does not run any more when the last
 * text has to be written; and it does not sync a file that is new. */
static void
start_writer (CapStateFile *self)
{
  self->writer = g_thread_pool_new_full (write_text, self->path, g_free, 1, FALSE, NULL);
}

/* The pool would wait for ever for a text for which no thread could be started. */
static void
stop_writer (CapStateFile *self)
{
  gboolean stuck = g_thread_pool_get_num_threads (self->writer) == 0
                   && g_thread_pool_unprocessed (self->writer) > 0;

  g_thread_pool_free (g_steal_pointer (&self->writer), stuck, TRUE);
}

/* public functions */

CapStateFile *
cap_state_file_new (const char *path, const char *name)
{
  CapStateFile *self;

  g_return_val_if_fail (name != NULL, NULL);

  self = g_new0 (CapStateFile, 1);
  self->path = path != NULL ? g_strdup (path)
                            : g_build_filename (g_get_user_state_dir (), "captiond", name, NULL);
  start_writer (self);
  return self;
}

void
cap_state_file_free (CapStateFile *self)
{
  g_return_if_fail (self != NULL);

  stop_writer (self);
  g_free (self->path);
  g_free (self);
}

GKeyFile *
cap_state_file_read (CapStateFile *self)
{
  GKeyFile *content;

  g_return_val_if_fail (self != NULL, NULL);

  content = g_key_file_new ();
  if (g_key_file_load_from_file (content, self->path, G_KEY_FILE_NONE, NULL))
    return content;

  /* A damaged file may have been read in part. */
  g_key_file_unref (content);
  return g_key_file_new ();
}

void
cap_state_file_write (CapStateFile *self, GKeyFile *content)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (content != NULL);

  if (!g_thread_pool_push (self->writer, g_key_file_to_data (content, NULL, NULL), &error))
    g_warning ("%s is not written yet, because no thread can be started: %s", self->path, error->message);
}

void
cap_state_file_flush (CapStateFile *self)
{
  g_return_if_fail (self != NULL);

  stop_writer (self);
  start_writer (self);
}
