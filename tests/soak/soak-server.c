/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "soak/soak-server.h"
#include "tools/fast-clock.h"

#include <stdlib.h>
#include <string.h>

struct _SoakServer
{
  char *program, *key;
  GSubprocess *process;
};

SoakServer *
soak_server_new (const char *program, const char *key)
{
  SoakServer *self = g_new0 (SoakServer, 1);

  self->program = g_strdup (program);
  self->key = g_strdup (key);
  return self;
}

void
soak_server_free (SoakServer *self)
{
  soak_server_kill (self);
  g_free (self->program);
  g_free (self->key);
  g_free (self);
}

guint16
soak_server_start (SoakServer *self, const char *behaviour, guint session_seconds)
{
  g_autofree char *seconds = g_strdup_printf ("%u", session_seconds);
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  soak_server_kill (self);
  fast_clock_hold ();
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                    self->program, "--service", "openai", "--hear", "words", "--key", self->key,
                                    "--behaviour", behaviour, "--session-seconds", seconds, NULL);
  if (self->process == NULL)
    g_error ("%s", error->message);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  fast_clock_release ();
  if (line == NULL)
    g_error ("The server does not start: %s", error != NULL ? error->message : "it ended");
  return atoi (line);
}

void
soak_server_kill (SoakServer *self)
{
  if (self->process == NULL)
    return;

  fast_clock_hold ();
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
  fast_clock_forget_follower ();
  fast_clock_release ();
}

guint
soak_server_get_memory (SoakServer *self)
{
  return self->process != NULL ? soak_get_memory (g_subprocess_get_identifier (self->process)) : 0;
}

guint
soak_get_memory (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", pid);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  line = strstr (text, "\nRssAnon:");
  return line != NULL ? atoi (line + strlen ("\nRssAnon:")) : 0;
}
