/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/log.h"
#include "bus/defaults.h"
#include "bus/service.h"
#include "dbus/error.h"
#include "dbus/names.h"
#include "sound/audio-graph.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define IDLE_SECONDS 60

typedef struct
{
  GMainLoop *loop;
  GSettings *settings;
  CapProviders *providers;
  CapCredentials *credentials;
  CapModels *models;
  CapService *service;
  guint name;
  int idle_seconds;
  gboolean replace;
  gboolean version;
  gboolean named; /* the bus has given us the name */
  gboolean lost;  /* another process has the name, or took it from us */
  int status;
} Main;

static gboolean
on_signal (gpointer user_data)
{
  Main *self = user_data;

  if (self->service != NULL)
    cap_service_finish (self->service);
  else
    g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

/* Neither an ended desktop session nor an idle service is a failure. */
static void
leave (Main *self)
{
  g_main_loop_quit (self->loop);
}

static void
fail (Main *self, const char *message)
{
  g_printerr ("captiond: %s\n", message);
  self->status = EXIT_FAILURE;
  g_main_loop_quit (self->loop);
}

/* This exports the objects before the name, because programs call as soon as they see it. */
static void
on_bus_acquired (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Main *self = user_data;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_set_exit_on_close (connection, FALSE);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (leave), self);

  self->service = cap_service_new (connection, self->settings, self->providers, self->credentials,
                                   self->models, self->idle_seconds, &error);
  if (self->service == NULL)
    {
      fail (self, error->message);
      return;
    }
  g_signal_connect_swapped (self->service, "idle", G_CALLBACK (leave), self);
  g_signal_connect_swapped (self->service, "finished", G_CALLBACK (leave), self);
}

static void
on_name_acquired (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Main *self = user_data;

  self->named = TRUE;
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Main *self = user_data;

  self->lost = TRUE;
  if (connection == NULL && self->service == NULL)
    fail (self, "There is no session bus. Start captiond inside a desktop session, or with dbus-run-session.");
  else if (connection == NULL || self->named)
    on_signal (self);
  else
    fail (self, "Another captiond is already running in this session. Use it, or start with --replace.");
}

static gboolean
parse_options (Main *self, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "replace", 0, 0, G_OPTION_ARG_NONE, &self->replace, "Replace a captiond that is already running", NULL },
    { "idle-seconds", 0, 0, G_OPTION_ARG_INT, &self->idle_seconds,
      "Exit after N seconds without an open stream (default: 60)", "N" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- live captions for the desktop");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, "D-Bus starts captiond when a program asks for captions.\n"
                                             "To see captions, run: captionctl listen");
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      g_printerr ("captiond: %s. See: captiond --help\n", error->message);
      return FALSE;
    }
  if (*argc > 1)
    {
      g_printerr ("captiond: Unexpected argument “%s”. See: captiond --help\n", (*argv)[1]);
      return FALSE;
    }
  if (self->idle_seconds < 1 || self->idle_seconds > 86400)
    {
      g_printerr ("captiond: --idle-seconds takes a number from 1 to 86400. See: captiond --help\n");
      return FALSE;
    }

  return TRUE;
}

static void
run (Main *self)
{
  GBusNameOwnerFlags flags = G_BUS_NAME_OWNER_FLAGS_ALLOW_REPLACEMENT | G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE;
  guint term = g_unix_signal_add (SIGTERM, on_signal, self);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, self);

  if (self->replace)
    flags |= G_BUS_NAME_OWNER_FLAGS_REPLACE;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->name = g_bus_own_name (G_BUS_TYPE_SESSION, CAP_BUS_NAME, flags, on_bus_acquired,
                               on_name_acquired, on_name_lost, self, NULL);
  g_main_loop_run (self->loop);

  /* GLib warns if we give back a name that we do not own. */
  if (!self->lost)
    g_bus_unown_name (self->name);
  g_source_remove (term);
  g_source_remove (interrupt);
  /* A call that still waits keeps a reference, and must not keep state from the disk. */
  if (self->service != NULL)
    g_object_run_dispose (G_OBJECT (self->service));
  g_clear_object (&self->service);
  g_main_loop_unref (self->loop);
}

int
main (int argc, char **argv)
{
  Main self = { .idle_seconds = IDLE_SECONDS, .status = EXIT_SUCCESS };

  cap_audio_graph_ignore_environment ();
  setlocale (LC_ALL, "");
  cap_log_keep_private ();
  g_quark_to_string (CAP_ERROR); /* registers the D-Bus names of the errors */

  if (!parse_options (&self, &argc, &argv))
    return 2;
  if (self.version)
    return printf ("captiond %s\n", CAPTIOND_VERSION) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;

  /* This removes keys from the environment, before any thread can read it. */
  self.credentials = cap_credentials_new ();
  self.settings = cap_defaults_open ();
  if (self.settings == NULL)
    {
      g_printerr ("captiond: The settings schema org.captiond is missing or too old. Install captiond "
                  "completely, or set GSETTINGS_SCHEMA_DIR to the folder of the schema.\n");
      return EXIT_FAILURE;
    }

  self.providers = cap_providers_new (self.settings);
  self.models = cap_models_new (NULL, NULL);
  run (&self);
  g_object_unref (self.models);
  g_object_unref (self.providers);
  g_object_unref (self.credentials);
  g_object_unref (self.settings);
  return self.status;
}
