/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/token-command.h"
#include "base/deadline.h"
#include "base/json.h"
#include "base/small-read.h"
#include "dbus/error.h"

#include <signal.h>
#include <unistd.h>

#define MAX_BYTES (64 * 1024)
#define KEY_PREFIX "CAPTIOND_KEY_"

/* struct */

typedef struct
{
  char *program;
  GSubprocess *process;
  CapDeadline *deadline;
  gulong handler;      /* on the deadline's cancellable */
  GCancellable *ended; /* cancelled when the program has ended */
  gboolean read;       /* the output, or that failed */
  GBytes *output;      /* NULL if reading failed */
} Run;

static void
run_free (gpointer data)
{
  Run *self = data;

  g_signal_handler_disconnect (cap_deadline_get_cancellable (self->deadline), self->handler);
  cap_deadline_free (self->deadline);
  g_clear_pointer (&self->output, g_bytes_unref);
  g_clear_object (&self->ended);
  g_clear_object (&self->process);
  g_free (self->program);
  g_free (self);
}

/* the token */

/* Azure's tools print local time, "2026-11-20 10:00:00.000000"; others print ISO
 * 8601 with a time zone. Returns Unix seconds, or 0. */
static gint64
parse_time (const char *text)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, local) : NULL;

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

static CapSecret *
parse_json (const char *text, gsize length, GError **error)
{
  const char *const names[] = { "accessToken", "access_token", "token" };
  g_autoptr (JsonNode) root = cap_json_parse (text, length, error);
  g_autoptr (CapSecret) token = NULL;
  const char *found = NULL;
  gint64 expiry;

  if (root == NULL)
    return NULL;

  for (gsize i = 0; found == NULL && i < G_N_ELEMENTS (names); i++)
    found = cap_json_get_string (root, names[i]);
  token = cap_secret_new (found != NULL ? found : "", -1, error);
  if (token == NULL)
    return NULL;

  /* Prefers Unix time because local time is ambiguous when summer time ends. */
  expiry = cap_json_get_number (root, "expires_on", 0);
  if (expiry <= 0)
    expiry = parse_time (cap_json_get_string (root, "expiresOn"));
  cap_secret_set_expiry (token, MAX (expiry, 0));
  return g_steal_pointer (&token);
}

static CapSecret *
parse_output (GBytes *output, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (output, &length);

  while (length > 0 && g_ascii_isspace (*text))
    {
      text++;
      length--;
    }

  return length > 0 && *text == '{' ? parse_json (text, length, error)
                                    : cap_secret_new (length > 0 ? text : "", length, error);
}

/* the process */

/* Kills the children too, so that none keeps the pipe open. */
static void
kill_all (Run *self)
{
  const char *pid = g_subprocess_get_identifier (self->process);

  if (pid != NULL)
    kill (-(pid_t) g_ascii_strtoll (pid, NULL, 10), SIGKILL);
  g_subprocess_force_exit (self->process);
}

static void
become_leader (gpointer data)
{
  setsid ();
}

static GSubprocess *
spawn (const char *const *argv, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_auto (GStrv) names = g_listenv ();

  g_subprocess_launcher_set_child_setup (launcher, become_leader, NULL, NULL);
  for (char **name = names; *name != NULL; name++)
    if (g_str_has_prefix (*name, KEY_PREFIX))
      g_subprocess_launcher_unsetenv (launcher, *name);

  return g_subprocess_launcher_spawnv (launcher, argv, error);
}

/* The message names the program, and never repeats its output. */
static void
fail (GTask *task, const char *what)
{
  Run *self = g_task_get_task_data (task);

  g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                           "The token command “%s” %s, so captiond has no token to connect with. Run the "
                           "command in a terminal to see why.",
                           self->program, what);
}

/* After both the program and the read of its output have ended. */
static void
conclude (GTask *task)
{
  Run *self = g_task_get_task_data (task);
  g_autoptr (CapSecret) token = NULL;
  gint64 expiry;

  if (cap_deadline_is_over (self->deadline))
    {
      fail (task, "did not finish in time");
      return;
    }
  if (self->output == NULL)
    {
      fail (task, "printed more than a token");
      return;
    }
  if (!g_subprocess_get_successful (self->process))
    {
      fail (task, "failed");
      return;
    }
  if ((token = parse_output (self->output, NULL)) == NULL)
    {
      fail (task, "printed no token");
      return;
    }

  expiry = cap_secret_get_expiry (token);
  if (expiry != 0 && expiry <= g_get_real_time () / G_USEC_PER_SEC)
    fail (task, "printed a token that has expired");
  else
    g_task_return_pointer (task, g_steal_pointer (&token), (GDestroyNotify) cap_secret_unref);
}

/* callbacks */

static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *self = g_task_get_task_data (task);
  gboolean read = self->read;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  /* This ends the read, if it has not ended. */
  g_cancellable_cancel (self->ended);
  if (read)
    conclude (task);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *self = g_task_get_task_data (task);

  self->read = TRUE;
  self->output = cap_small_read_finish (result, NULL);
  if (g_cancellable_is_cancelled (self->ended))
    conclude (task);
  else if (self->output == NULL)
    kill_all (self);
}

/* public methods */

void
cap_token_command_run_async (const char *const *argv, guint seconds, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  GPollableInputStream *output;
  Run *self;

  g_return_if_fail (argv != NULL && argv[0] != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  if (g_task_return_error_if_cancelled (task))
    return;
  if ((process = spawn (argv, &error)) == NULL)
    {
      g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_NO_CREDENTIALS,
                               "The token command could not be started, so captiond has no token to connect "
                               "with: %s. Correct the setting token-command.",
                               error->message);
      return;
    }

  self = g_new0 (Run, 1);
  self->program = g_strdup (argv[0]);
  self->process = g_steal_pointer (&process);
  self->ended = g_cancellable_new ();
  self->deadline = cap_deadline_new (cancellable, seconds * 1000);
  self->handler = g_signal_connect_swapped (cap_deadline_get_cancellable (self->deadline), "cancelled",
                                            G_CALLBACK (kill_all), self);
  g_task_set_task_data (task, self, run_free);
  /* A child that the program leaves behind, such as the cache of a credential helper, may
   * hold the pipe open. */
  output = G_POLLABLE_INPUT_STREAM (g_subprocess_get_stdout_pipe (self->process));
  g_subprocess_wait_async (self->process, NULL, on_exited, g_object_ref (task));
  /* The deadline ends the read first because it kills all processes that write. */
  cap_small_read_until_async (output, MAX_BYTES, seconds + 1, self->ended,
                              cap_deadline_get_cancellable (self->deadline), on_read, g_object_ref (task));
}

CapSecret *
cap_token_command_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
