/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/output.h"
#include "captionctl/table.h"
#include "captionctl/terminal.h"
#include "captionctl/variant-json.h"
#include "common/bus.h"
#include "common/state.h"
#include "dbus/names.h"

#include <unistd.h>

/* The answers of the service, or of the bus alone if the service is not running. */
typedef struct
{
  gboolean running;
  gboolean installed;
  char *version;
  GVariant *streams; /* aa{sv}, sorted by number: the properties, and "stream" */
} Status;

static void
status_clear (Status *self)
{
  g_free (self->version);
  g_clear_pointer (&self->streams, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Status, status_clear)

/* asking */

static GVariant *
call (GDBusConnection *connection,
      const char *name,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *arguments,
      const char *reply,
      GError **error)
{
  GError *local_error = NULL;
  GVariant *result = g_dbus_connection_call_sync (connection, name, path, interface, method,
                                                  arguments, G_VARIANT_TYPE (reply),
                                                  G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL,
                                                  &local_error);

  if (result == NULL)
    {
      cap_bus_explain (local_error);
      g_propagate_error (error, local_error);
    }

  return result;
}

static GVariant *
call_bus (GDBusConnection *connection,
          const char *method,
          GVariant *arguments,
          const char *reply,
          GError **error)
{
  return call (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
               "org.freedesktop.DBus", method, arguments, reply, error);
}

static gboolean
ask_bus (Status *self, GDBusConnection *connection, GError **error)
{
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (GVariant) activatable = NULL;
  g_autofree const char **names = NULL;

  owned = call_bus (connection, "NameHasOwner", g_variant_new ("(s)", CAP_BUS_NAME), "(b)", error);
  if (owned == NULL)
    return FALSE;
  activatable = call_bus (connection, "ListActivatableNames", NULL, "(as)", error);
  if (activatable == NULL)
    return FALSE;

  g_variant_get (owned, "(b)", &self->running);
  g_variant_get (activatable, "(^a&s)", &names);
  self->installed = self->running || g_strv_contains ((const char *const *) names, CAP_BUS_NAME);
  return TRUE;
}

static gboolean
ask_version (Status *self, GDBusConnection *connection, GError **error)
{
  g_autoptr (GVariant) version = NULL;
  g_autoptr (GVariant) reply = call (connection, CAP_BUS_NAME, CAP_OBJECT_PATH,
                                     "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", CAP_INTERFACE, "Version"), "(v)", error);

  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(v)", &version);
  if (g_variant_is_of_type (version, G_VARIANT_TYPE_STRING))
    self->version = g_variant_dup_string (version, NULL);
  return TRUE;
}

static guint64
stream_number (GVariant *stream)
{
  const char *path = "";

  g_variant_lookup (stream, "stream", "&o", &path);
  return g_ascii_strtoull (path + MIN (strlen (path), strlen (CAP_STREAM_PATH_PREFIX)), NULL, 10);
}

static int
compare_streams (gconstpointer a, gconstpointer b)
{
  guint64 left = stream_number (*(GVariant *const *) a);
  guint64 right = stream_number (*(GVariant *const *) b);

  return left < right ? -1 : left > right;
}

static GVariant *
add_path (GVariant *properties, const char *path)
{
  GVariantBuilder builder;
  GVariantIter iter;
  GVariant *property;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "stream", g_variant_new_object_path (path));
  g_variant_iter_init (&iter, properties);
  while ((property = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_variant_builder_add_value (&builder, property);
      g_variant_unref (property);
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static gboolean
ask_streams (Status *self, GDBusConnection *connection, GError **error)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GVariantIter) objects = NULL;
  g_autoptr (GVariant) reply = call (connection, CAP_BUS_NAME, CAP_OBJECT_PATH,
                                     "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
                                     NULL, "(a{oa{sa{sv}}})", error);
  const char *path;
  GVariant *interfaces;

  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_next (objects, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) properties =
          g_variant_lookup_value (interfaces, CAP_STREAM_INTERFACE, G_VARIANT_TYPE_VARDICT);

      if (properties != NULL)
        g_ptr_array_add (streams, add_path (properties, path));
      g_variant_unref (interfaces);
    }

  g_ptr_array_sort (streams, compare_streams);
  self->streams = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT,
                                                           (GVariant **) streams->pdata,
                                                           streams->len));
  return TRUE;
}

static gboolean
ask (Status *self, GError **error)
{
  g_autoptr (GDBusConnection) connection = cap_bus_connect (error);

  if (connection == NULL || !ask_bus (self, connection, error))
    return FALSE;
  if (!self->running)
    return TRUE;

  return ask_version (self, connection, error) && ask_streams (self, connection, error);
}

/* printing */

static const char *
get_text (GVariant *stream, const char *property)
{
  const char *text = "";

  g_variant_lookup (stream, property, "&s", &text);
  return text;
}

static double
get_seconds (GVariant *stream, const char *property)
{
  double seconds = 0;

  g_variant_lookup (stream, property, "d", &seconds);
  return seconds;
}

static char *
describe_audio (GVariant *stream)
{
  return g_strdup_printf ("%.1f s captured, %.1f s of speech lost", get_seconds (stream, "AudioSeconds"),
                          get_seconds (stream, "LostSeconds"));
}

/* NULL if the stream uses no service. */
static char *
describe_service (GVariant *stream)
{
  double sent = get_seconds (stream, "SentSeconds");
  guint reconnects = 0;

  g_variant_lookup (stream, "Reconnects", "u", &reconnects);
  if (*get_text (stream, "RemoteHost") == '\0' && sent == 0 && reconnects == 0)
    return NULL;

  return g_strdup_printf ("%.1f s sent, %.1f s billed, %u %s", sent, get_seconds (stream, "BilledSeconds"),
                          reconnects, reconnects == 1 ? "reconnection" : "reconnections");
}

static char *
describe_state (GVariant *stream)
{
  const char *message = get_text (stream, "StateMessage");

  if (*message == '\0')
    message = get_text (stream, "StateReason");

  return g_strconcat (get_text (stream, "State"), *message != '\0' ? ": " : NULL, message, NULL);
}

static char *
describe_engine (GVariant *stream)
{
  const char *engine = get_text (stream, "Engine");
  gboolean fallback = cap_state_uses_fallback (get_text (stream, "State"), engine,
                                               get_text (stream, "RemoteHost"));

  return g_strconcat (engine, fallback ? " (unavailable; the local engine replaces it)" : NULL, NULL);
}

static char *
print_stream (GVariant *stream, guint width)
{
  g_autoptr (CapTable) table = cap_table_new (2);
  g_autofree const char **holders = NULL;
  g_autofree char *heard_by = NULL;
  g_autofree char *state = describe_state (stream);
  g_autofree char *engine = describe_engine (stream);
  g_autofree char *audio = describe_audio (stream);
  g_autofree char *service = describe_service (stream);
  g_autofree char *rows = NULL;
  const char *linked = get_text (stream, "SourceDescription");
  const char *host = get_text (stream, "RemoteHost");
  const char *language = get_text (stream, "Language");

  if (g_variant_lookup (stream, "Holders", "^a&s", &holders))
    heard_by = g_strjoinv (", ", (char **) holders);

  cap_table_add (table, "State", state);
  cap_table_add (table, "Source", get_text (stream, "Source"));
  cap_table_add (table, "Captured", *linked != '\0' ? linked : "nothing at the moment");
  cap_table_add (table, "Engine", engine);
  cap_table_add (table, "Language", *language != '\0' ? language : "chosen by the engine");
  cap_table_add (table, "Sent to", *host != '\0' ? host : "nowhere");
  cap_table_add (table, "Shown by", heard_by != NULL ? heard_by : "");
  cap_table_add (table, "Audio", audio);
  if (service != NULL)
    cap_table_add (table, "Service", service);

  rows = cap_table_print_within (table, "  ", width);
  return g_strdup_printf ("\nStream %" G_GUINT64_FORMAT "\n%s", stream_number (stream), rows);
}

static char *
print_text (const Status *self)
{
  guint width = isatty (STDOUT_FILENO) ? cap_terminal_read_width (STDOUT_FILENO) : 0;
  GString *text = NULL;
  GVariantIter iter;
  GVariant *stream;

  if (!self->installed)
    return g_strdup ("captiond is not running, and it is not installed for this session bus.\n");
  if (!self->running)
    return g_strdup ("captiond is not running. It starts when a program asks for captions.\n");

  text = g_string_new (NULL);
  g_string_append_printf (text, "captiond %s is running%s.\n",
                          self->version != NULL ? self->version : "of an unknown version",
                          g_variant_n_children (self->streams) == 0 ? " and has no open stream" : "");
  g_variant_iter_init (&iter, self->streams);
  while (g_variant_iter_next (&iter, "@a{sv}", &stream))
    {
      g_autofree char *block = print_stream (stream, width);

      g_string_append (text, block);
      g_variant_unref (stream);
    }

  return g_string_free (text, FALSE);
}

/* The bus uses CamelCase, and the JSON of captionctl snake_case. */
static char *
to_json_key (const char *property)
{
  GString *key = g_string_new (NULL);

  for (const char *p = property; *p != '\0'; p++)
    {
      if (g_ascii_isupper (*p) && p > property)
        g_string_append_c (key, '_');
      g_string_append_c (key, g_ascii_tolower (*p));
    }

  return g_string_free (key, FALSE);
}

static GVariant *
rename_keys (GVariant *stream)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const char *property;
  GVariant *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, stream);
  while (g_variant_iter_next (&iter, "{&sv}", &property, &value))
    {
      g_autofree char *key = to_json_key (property);

      g_variant_builder_add (&builder, "{sv}", key, value);
      g_variant_unref (value);
    }

  return g_variant_builder_end (&builder);
}

static char *
print_json (const Status *self)
{
  g_autoptr (GVariant) status = NULL;
  g_autofree char *json = NULL;
  GVariantBuilder builder, streams;

  g_variant_builder_init (&streams, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; self->streams != NULL && i < g_variant_n_children (self->streams); i++)
    {
      g_autoptr (GVariant) stream = g_variant_get_child_value (self->streams, i);

      g_variant_builder_add_value (&streams, rename_keys (stream));
    }

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "installed", g_variant_new_boolean (self->installed));
  g_variant_builder_add (&builder, "{sv}", "running", g_variant_new_boolean (self->running));
  if (self->version != NULL)
    g_variant_builder_add (&builder, "{sv}", "version", g_variant_new_string (self->version));
  g_variant_builder_add (&builder, "{sv}", "streams", g_variant_builder_end (&streams));

  status = g_variant_ref_sink (g_variant_builder_end (&builder));
  json = cap_variant_to_json (status);
  return g_strconcat (json, "\n", NULL);
}

gboolean
cap_command_status (int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON object", NULL },
    { NULL }
  };
  g_auto (Status) status = { 0 };
  g_autofree char *text = NULL;

  if (!cap_command_parse (argc, argv, entries,
                          "Shows whether the service is running, and what its streams do. This command does\n"
                          "not start the service.",
                          NULL, error))
    return FALSE;

  if (!ask (&status, error))
    return FALSE;

  text = json ? print_json (&status) : print_text (&status);
  return cap_output_print (text, error);
}
