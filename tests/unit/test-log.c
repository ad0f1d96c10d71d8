/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "base/log.h"

#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#define SPEECH "my secret is seven"

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Sends GDBus a message whose text is not UTF-8. */
static void
receive_bad_message (void)
{
  /* path "/a", interface "a.b", member "H", signature "s" */
  static const char head[] = "l\4\0\1" "\x18\0\0\0" "\1\0\0\0" "\x37\0\0\0"
                             "\1\1o\0\2\0\0\0/a\0\0\0\0\0\0"
                             "\2\1s\0\3\0\0\0a.b\0\0\0\0\0"
                             "\3\1s\0\1\0\0\0H\0\0\0\0\0\0\0"
                             "\10\1g\0\1s\0\0";
  static const char body[] = "\x13\0\0\0" SPEECH "\xff";
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  gboolean closed = FALSE;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  socket = g_socket_new_from_fd (ends[0], NULL);
  stream = g_socket_connection_factory_create_connection (socket);
  connection = g_dbus_connection_new_sync (G_IO_STREAM (stream), NULL, G_DBUS_CONNECTION_FLAGS_NONE, NULL, NULL,
                                           NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), &closed);
  g_assert_cmpint (write (ends[1], head, sizeof head - 1), ==, sizeof head - 1);
  g_assert_cmpint (write (ends[1], body, sizeof body), ==, sizeof body);
  while (!closed)
    g_main_context_iteration (NULL, TRUE);
  close (ends[1]);
}

static void
test_undecoded (void)
{
  if (g_test_subprocess ())
    {
      g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
      cap_log_keep_private ();
      receive_bad_message ();
      return;
    }

  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*cannot be decoded*");
  g_test_trap_assert_stderr_unmatched ("*secret*");
  g_test_trap_assert_stdout_unmatched ("*secret*");
}

/* The same without the filter: if GLib no longer logs such messages, the filter can go. */
static void
test_without (void)
{
  if (g_test_subprocess ())
    {
      g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
      receive_bad_message ();
      return;
    }

  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*secret*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/a message that cannot be decoded", test_undecoded);
  g_test_add_func ("/log/GLib alone would log it", test_without);
  return g_test_run ();
}
