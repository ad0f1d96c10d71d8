/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "bus/caller.h"
#include "dbus/error.h"

#include <signal.h>

/* A program on a private bus that the test can stop: this test itself, started in a mode
 * that only answers. */
typedef struct
{
  GTestDBus *bus;
  GDBusConnection *connection;
  GSubprocess *program;
  char *bus_name;
  gboolean lost;
} Fixture;

/* GLib answers from another thread, so a program may answer once more after it was
 * stopped. The test therefore keeps asking. */
#define TICK_MS 5

static const CapCallerLimits quick = { 4, 3, 10, 300, 1500 };

/* Runs in the child: prints its bus name when it is ready, and lives until it is killed. */
static int
answer (void)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_print ("%s\n", g_dbus_connection_get_unique_name (connection));
  g_main_loop_run (loop);
  return 0;
}

static char *
read_name (GSubprocess *program)
{
  g_autoptr (GDataInputStream) lines =
    g_data_input_stream_new (g_subprocess_get_stdout_pipe (program));

  return g_data_input_stream_read_line (lines, NULL, NULL, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  fixture->program = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "/proc/self/exe", "answer",
                                       NULL);
  fixture->bus_name = read_name (fixture->program);
  g_assert_nonnull (fixture->bus_name);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_subprocess_force_exit (fixture->program);
  g_subprocess_wait (fixture->program, NULL, NULL);
  g_object_unref (fixture->program);
  g_free (fixture->bus_name);
  g_object_unref (fixture->connection);
  g_test_dbus_down (fixture->bus);
  g_object_unref (fixture->bus);
}

static void
on_lost (Fixture *fixture)
{
  fixture->lost = TRUE;
}

static CapCaller *
new_caller (Fixture *fixture)
{
  CapCaller *caller = cap_caller_new (fixture->connection, fixture->bus_name, "gdbus", NULL, &quick);

  g_signal_connect_swapped (caller, "lost", G_CALLBACK (on_lost), fixture);
  return caller;
}

static gboolean
set_flag (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
iterate_for (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, set_flag, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_answering (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapCaller) caller = new_caller (fixture);

  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (cap_caller_may_send (caller));
      iterate_for (quick.drop_ms / 10);
    }
  g_assert_false (fixture->lost);
}

static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapCaller) caller = new_caller (fixture);

  g_subprocess_send_signal (fixture->program, SIGSTOP);
  g_assert_true (cap_caller_may_send (caller));
  while (cap_caller_may_send (caller))
    iterate_for (TICK_MS);
  g_assert_false (fixture->lost);
  while (!fixture->lost)
    iterate_for (TICK_MS);
  g_subprocess_send_signal (fixture->program, SIGCONT);
}

static void
test_back_in_time (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapCaller) caller = new_caller (fixture);

  g_subprocess_send_signal (fixture->program, SIGSTOP);
  while (cap_caller_may_send (caller))
    iterate_for (TICK_MS);
  g_subprocess_send_signal (fixture->program, SIGCONT);
  while (!cap_caller_may_send (caller))
    iterate_for (TICK_MS);
  g_assert_false (fixture->lost);
}

static void
test_rate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapCaller) caller = new_caller (fixture);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < quick.max_opens; i++)
    g_assert_true (cap_caller_admit (caller, NULL));
  g_assert_false (cap_caller_admit (caller, &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED);
}

static void
test_holds (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CapCaller) caller = new_caller (fixture);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < quick.max_holds; i++)
    cap_caller_add_hold (caller);
  g_assert_false (cap_caller_admit (caller, &error));
  g_assert_error (error, CAP_ERROR, CAP_ERROR_LIMIT_EXCEEDED);
  cap_caller_remove_holds (caller, 1);
  g_assert_true (cap_caller_admit (caller, NULL));
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "answer"))
    return answer ();

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/caller/an answering program is kept", Fixture, NULL, set_up, test_answering, tear_down);
  g_test_add ("/caller/a stopped program gets no text, then is lost", Fixture, NULL, set_up,
              test_stopped, tear_down);
  g_test_add ("/caller/a program that resumes in time is kept", Fixture, NULL, set_up, test_back_in_time,
              tear_down);
  g_test_add ("/caller/opened streams per minute are limited", Fixture, NULL, set_up, test_rate, tear_down);
  g_test_add ("/caller/holds are limited", Fixture, NULL, set_up, test_holds, tear_down);
  return g_test_run ();
}
