/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "common/program.h"

#include "dbus/recogniser-dbus.h"
#include "dbus/recogniser-names.h"

#include <gio/gunixfdlist.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct
{
  const CapProgramFuncs *funcs;
  GPtrArray *streams; /* CapProgram; the first one is that of standard input */
  GMainLoop *loop;
} Process;

struct _CapProgram
{
  Process *process;
  GDBusConnection *connection;
  CapDBusRecogniser1 *object;
  gpointer recogniser; /* NULL before Load */
  GVariant *options;   /* of Load */
  CapFormat format;
  GArray *aligned;     /* bytes */
};

/* private */

/* FALSE after an answer with an error. */
static gboolean
check_loaded (CapProgram *self, GDBusMethodInvocation *invocation)
{
  if (self->recogniser != NULL)
    return TRUE;

  g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_FAILED,
                                                 "Load has to be called first.");
  return FALSE;
}

static GHashTable *
parse_settings (GVariant *options)
{
  GHashTable *settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GVariant) list = g_variant_lookup_value (options, "settings", G_VARIANT_TYPE ("a{ss}"));
  GVariantIter iter;
  char *key, *value;

  if (list == NULL)
    return settings;

  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "{ss}", &key, &value))
    g_hash_table_insert (settings, key, value);
  return settings;
}

static GVariant *
compose_facts (const CapLoadFacts *facts)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "rate", "u", facts->rate);
  g_variant_dict_insert (&dict, "format", "s", facts->format == CAP_FORMAT_F32 ? "F32" : "S16");
  if (facts->language != NULL)
    g_variant_dict_insert (&dict, "language", "s", facts->language);
  if (facts->name != NULL)
    g_variant_dict_insert (&dict, "name", "s", facts->name);
  return g_variant_dict_end (&dict);
}

static double
read_processor_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The recogniser of another stream with the same options, or NULL. */
static gpointer
find_beside (CapProgram *self, GVariant *options)
{
  for (guint i = 0; i < self->process->streams->len; i++)
    {
      CapProgram *other = self->process->streams->pdata[i];

      if (other->recogniser != NULL && g_variant_equal (other->options, options))
        return other->recogniser;
    }

  return NULL;
}

/* callbacks */

static gboolean
on_load (CapDBusRecogniser1 *object, GDBusMethodInvocation *invocation, GVariant *dict, CapProgram *self)
{
  g_autoptr (GHashTable) settings = parse_settings (dict);
  g_autofree const char **libraries = NULL, **terms = NULL;
  g_autoptr (GError) error = NULL;
  CapLoadOptions options = { .settings = settings, .threads = 1 };
  CapLoadFacts facts = { .rate = 16000 };

  g_variant_lookup (dict, "language", "&s", &options.language);
  g_variant_lookup (dict, "model", "&s", &options.model);
  g_variant_lookup (dict, "libraries", "^a&s", &libraries);
  g_variant_lookup (dict, "translate-to", "&s", &options.translate_to);
  g_variant_lookup (dict, "terms", "^a&s", &terms);
  g_variant_lookup (dict, "threads", "u", &options.threads);
  options.libraries = libraries != NULL ? libraries : (const char *const[]){ NULL };
  options.terms = terms != NULL ? terms : (const char *const[]){ NULL };
  options.threads = MAX (options.threads, 1);
  options.beside = find_beside (self, dict);

  if (self->recogniser == NULL)
    self->recogniser = self->process->funcs->load (self, &options, &facts, &error);
  else
    error = g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_FAILED, "Load may be called only once.");

  if (error != NULL)
    g_dbus_method_invocation_return_dbus_error (invocation, CAP_RECOGNISER_ERROR, error->message);
  else
    {
      self->format = facts.format;
      self->options = g_variant_ref (dict);
      cap_dbus_recogniser1_complete_load (object, invocation, compose_facts (&facts));
    }
  g_free (facts.language);
  g_free (facts.name);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_begin (CapDBusRecogniser1 *object, GDBusMethodInvocation *invocation, guint64 position, CapProgram *self)
{
  if (!check_loaded (self, invocation))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  self->process->funcs->begin (self->recogniser, position);
  cap_dbus_recogniser1_complete_begin (object, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_audio (CapDBusRecogniser1 *object, GDBusMethodInvocation *invocation, guint64 position, GVariant *samples,
          CapProgram *self)
{
  gsize n_bytes;
  gconstpointer bytes = g_variant_get_fixed_array (samples, &n_bytes, 1);
  gsize frame = self->format == CAP_FORMAT_F32 ? sizeof (float) : sizeof (gint16);

  if (!check_loaded (self, invocation))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  /* Bytes in a message may begin anywhere. */
  g_array_set_size (self->aligned, n_bytes);
  if (n_bytes > 0)
    memcpy (self->aligned->data, bytes, n_bytes);
  self->process->funcs->audio (self->recogniser, position, self->aligned->data, n_bytes / frame);
  cap_dbus_recogniser1_complete_audio (object, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_end (CapDBusRecogniser1 *object, GDBusMethodInvocation *invocation, guint64 position, gboolean more,
        CapProgram *self)
{
  if (!check_loaded (self, invocation))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  self->process->funcs->end (self->recogniser, position, more);
  cap_dbus_recogniser1_complete_end (object, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_finish (CapDBusRecogniser1 *object, GDBusMethodInvocation *invocation, CapProgram *self)
{
  if (!check_loaded (self, invocation))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  self->process->funcs->finish (self->recogniser);
  cap_dbus_recogniser1_complete_finish (object, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* streams */

static void
stream_free (gpointer data)
{
  CapProgram *self = data;

  if (self->recogniser != NULL)
    self->process->funcs->free (self->recogniser);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  if (g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (self->object)) != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->object));
  g_clear_object (&self->connection);
  g_object_unref (self->object);
  g_clear_pointer (&self->options, g_variant_unref);
  g_array_unref (self->aligned);
  g_free (self);
}

static void
on_closed (GDBusConnection *connection, gboolean by_peer, GError *error, CapProgram *self)
{
  Process *process = self->process;

  if (self == process->streams->pdata[0])
    g_main_loop_quit (process->loop);
  else
    g_ptr_array_remove (process->streams, self);
}

/* Messages wait until the object exists: captiond may send Load at once. @fd: this takes it. */
static GDBusConnection *
connect_to_captiond (int fd, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);
  g_autoptr (GSocketConnection) stream = NULL;

  if (socket == NULL)
    {
      close (fd);
      return NULL;
    }

  stream = g_socket_connection_factory_create_connection (socket);
  return g_dbus_connection_new_sync (G_IO_STREAM (stream), NULL,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                       | G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                                     NULL, NULL, error);
}

static gboolean on_join (CapDBusRecogniser1 *object, GDBusMethodInvocation *invocation, GUnixFDList *list,
                         GVariant *index, CapProgram *self);

static CapDBusRecogniser1 *
make_object (CapProgram *self)
{
  CapDBusRecogniser1 *object = cap_dbus_recogniser1_skeleton_new ();

  g_signal_connect (object, "handle-join", G_CALLBACK (on_join), self);
  g_signal_connect (object, "handle-load", G_CALLBACK (on_load), self);
  g_signal_connect (object, "handle-begin", G_CALLBACK (on_begin), self);
  g_signal_connect (object, "handle-audio", G_CALLBACK (on_audio), self);
  g_signal_connect (object, "handle-end", G_CALLBACK (on_end), self);
  g_signal_connect (object, "handle-finish", G_CALLBACK (on_finish), self);
  return object;
}

/* @fd: this takes it. */
static gboolean
add_stream (Process *process, int fd, GError **error)
{
  CapProgram *self = g_new0 (CapProgram, 1);

  self->process = process;
  self->aligned = g_array_new (FALSE, FALSE, 1);
  self->object = make_object (self);
  self->connection = connect_to_captiond (fd, error);
  if (self->connection == NULL
      || !g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->object), self->connection,
                                            CAP_RECOGNISER_PATH, error))
    {
      stream_free (self);
      return FALSE;
    }

  g_ptr_array_add (process->streams, self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
  g_dbus_connection_start_message_processing (self->connection);
  return TRUE;
}

static gboolean
on_join (CapDBusRecogniser1 *object, GDBusMethodInvocation *invocation, GUnixFDList *list, GVariant *index,
         CapProgram *self)
{
  g_autoptr (GError) error = NULL;
  int fd = list != NULL ? g_unix_fd_list_get (list, g_variant_get_handle (index), &error) : -1;

  if (fd >= 0 && add_stream (self->process, fd, &error))
    cap_dbus_recogniser1_complete_join (object, invocation, NULL);
  else
    g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_FAILED,
                                           "The connection cannot be used: %s",
                                           error != NULL ? error->message : "it is missing");
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* public */

int
cap_program_run (const CapProgramFuncs *funcs)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (stream_free);
  g_autoptr (GError) error = NULL;
  Process process = { funcs, streams, loop };

  g_return_val_if_fail (funcs != NULL, EXIT_FAILURE);

  setlocale (LC_ALL, "");
  if (!add_stream (&process, STDIN_FILENO, &error))
    {
      g_printerr ("This program is a recogniser that captiond starts: %s\n", error->message);
      return EXIT_FAILURE;
    }

  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}

void
cap_program_emit (CapProgram *self, const CapRecognised *recognised)
{
  GVariantDict details;

  g_return_if_fail (self != NULL);
  g_return_if_fail (recognised != NULL && recognised->text != NULL);

  g_variant_dict_init (&details, NULL);
  if (recognised->settled > 0)
    g_variant_dict_insert (&details, "settled", "u", recognised->settled);
  if (recognised->confidence >= 0)
    g_variant_dict_insert (&details, "confidence", "d", recognised->confidence);
  if (recognised->language != NULL)
    g_variant_dict_insert (&details, "language", "s", recognised->language);
  if (recognised->words != NULL)
    g_variant_dict_insert_value (&details, "words", recognised->words);
  if (recognised->final)
    g_variant_dict_insert (&details, "processor-seconds", "d", read_processor_seconds ());

  cap_dbus_recogniser1_emit_hypothesis (self->object, recognised->utterance, recognised->begin,
                                        recognised->end, recognised->text, recognised->final,
                                        g_variant_dict_end (&details));
}
