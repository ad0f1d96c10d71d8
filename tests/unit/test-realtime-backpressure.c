/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/connection-private.h"
#include "tools/web.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define MESSAGE_SIZE 6000

/* A connection, through a relay, to a server that echoes. */
typedef struct
{
  WebServer *server;
  Relay *relay;
  CapRealtimeConnection *connection;
  char *message;
  gboolean open, closed;
  guint close_code;
  guint n_drained;
  guint64 sent;
  guint64 least; /* number of unread bytes when "drained" came */
} Fixture;

static void
on_opened (Fixture *fixture)
{
  fixture->open = TRUE;
}

static void
on_drained (Fixture *fixture)
{
  guint64 unread = cap_realtime_connection_get_unread (fixture->connection);

  g_assert_cmpuint (unread, <, fixture->least);
  fixture->least = unread;
  fixture->n_drained++;
}

static void
on_closed (Fixture *fixture, const CapEvidence *evidence)
{
  fixture->closed = TRUE;
  fixture->close_code = evidence->close_code;
  g_assert_cmpint (evidence->stage, ==, CAP_STAGE_LISTEN);
  g_assert_cmpuint (cap_realtime_connection_get_unread (fixture->connection), ==, 0);
}

static Fixture *
fixture_new_with (const CapPatience *patience, const WebKeys *keys)
{
  Fixture *fixture = g_new0 (Fixture, 1);
  g_autofree char *url = NULL;
  CapEndpoint endpoint = { .auth = CAP_AUTH_NONE, .ca_file = keys != NULL ? keys->ca_file : NULL };

  fixture->message = g_strnfill (MESSAGE_SIZE, 'x');
  fixture->least = G_MAXUINT64;
  fixture->server = web_server_new (keys != NULL ? keys->certificate : NULL);
  fixture->relay = relay_new (fixture->server->port);
  fixture->connection = cap_realtime_connection_new ();
  if (patience != NULL)
    cap_realtime_connection_set_patience (fixture->connection, patience);
  g_signal_connect_swapped (fixture->connection, "opened", G_CALLBACK (on_opened), fixture);
  g_signal_connect_swapped (fixture->connection, "drained", G_CALLBACK (on_drained), fixture);
  g_signal_connect_swapped (fixture->connection, "closed", G_CALLBACK (on_closed), fixture);
  url = g_strdup_printf ("%s://127.0.0.1:%u/echo", keys != NULL ? "https" : "http", fixture->relay->port);
  endpoint.url = url;
  cap_realtime_connection_open (fixture->connection, &endpoint);
  wait_for (fixture->open);
  return fixture;
}

static Fixture *
fixture_new (const CapPatience *patience)
{
  return fixture_new_with (patience, NULL);
}

static void
fixture_free (Fixture *fixture)
{
  if (fixture->connection != NULL && !fixture->closed)
    {
      cap_realtime_connection_close (fixture->connection);
      wait_for (fixture->closed);
    }
  g_clear_object (&fixture->connection);
  relay_free (fixture->relay);
  web_settle ();
  web_server_free (fixture->server);
  g_free (fixture->message);
  g_free (fixture);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static guint64
get_unread (Fixture *fixture)
{
  return cap_realtime_connection_get_unread (fixture->connection);
}

static void
send_some (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    cap_realtime_connection_send (fixture->connection, fixture->message);
  fixture->sent += (guint64) n * MESSAGE_SIZE;
}

static gboolean
raise_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
pass (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, raise_flag, &over);
  wait_for (over);
}

/* tests */

/* Reads the timeouts because waiting for a real loss would take too long. */
static void
test_usual_patience (void)
{
  g_autoptr (CapRealtimeConnection) connection = cap_realtime_connection_new ();
  const CapPatience *patience = cap_realtime_connection_get_patience (connection);

  g_assert_cmpuint (patience->silence, ==, 10 * 1000);
  g_assert_cmpuint (patience->check, ==, 5 * 1000);
  g_assert_cmpuint (CAP_KEEPALIVE_SECONDS, ==, 1);
  g_assert_cmpuint (CAP_USER_TIMEOUT_MS, ==, 10 * 1000);
}

static void
test_a_server_that_reads (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);

  g_assert_cmpuint (get_unread (fixture), ==, 0);
  send_some (fixture, 3);
  g_assert_cmpuint (get_unread (fixture), ==, fixture->sent);
  wait_for (get_unread (fixture) == 0);
  g_assert_cmpuint (fixture->n_drained, ==, 1);

  fixture->least = G_MAXUINT64;
  send_some (fixture, 1);
  g_assert_cmpuint (get_unread (fixture), ==, MESSAGE_SIZE);
  wait_for (get_unread (fixture) == 0);
}

/* The kernels on the way accept everything, but that does not count as read. */
static void
test_a_server_that_stops_reading (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);

  send_some (fixture, 2);
  wait_for (get_unread (fixture) == 0);
  relay_hold (fixture->relay);
  /* The relay still passes on the data that it was reading when it was held. */
  send_some (fixture, 1);
  pass (1500);
  fixture->n_drained = 0;
  fixture->least = G_MAXUINT64;
  send_some (fixture, 10);
  pass (3500);
  g_assert_cmpuint (get_unread (fixture), >=, 10 * MESSAGE_SIZE);
  g_assert_cmpuint (fixture->n_drained, ==, 0);
  g_assert_false (fixture->closed);

  relay_release (fixture->relay);
  wait_for (get_unread (fixture) == 0);
  g_assert_cmpuint (fixture->n_drained, >, 0);
}

/* Pings take the same way, so no pong arrives. */
static void
test_a_stuck_server_is_left (void)
{
  const CapPatience patience = { CAP_OPEN_MS, 1000, 3000, 1000, 2000 };
  g_autoptr (Fixture) fixture = fixture_new (&patience);

  relay_hold (fixture->relay);
  send_some (fixture, 100);
  wait_for (fixture->closed);
  g_assert_cmpuint (fixture->close_code, ==, 1006);
}

/* Both sides exchange nothing but pings for longer than the timeout. */
static void
test_a_silent_server_is_kept (void)
{
  const CapPatience patience = { CAP_OPEN_MS, 1000, 2500, 1000, 2000 };
  g_autoptr (Fixture) fixture = fixture_new (&patience);

  pass (5000);
  g_assert_false (fixture->closed);
}

static void
test_a_check_shortens (void)
{
  const CapPatience patience = { CAP_OPEN_MS, 1000, 60 * 60 * 1000, 1000, 100 };
  g_autoptr (Fixture) fixture = fixture_new (&patience);

  relay_hold (fixture->relay);
  cap_realtime_connection_check (fixture->connection);
  wait_for (fixture->closed);
  g_assert_cmpuint (fixture->close_code, ==, 1006);
  cap_realtime_connection_check (fixture->connection);
}

/* Repeated calls do not extend the first timeout. */
static void
test_a_check_prolongs_nothing (void)
{
  const CapPatience patience = { CAP_OPEN_MS, 1000, 2500, 1000, 60 * 60 * 1000 };
  g_autoptr (Fixture) fixture = fixture_new (&patience);

  relay_hold (fixture->relay);
  while (!fixture->closed)
    {
      cap_realtime_connection_check (fixture->connection);
      g_main_context_iteration (NULL, TRUE);
    }
}

/* A live server answers the next ping, and the usual timeout applies again. */
static void
test_a_check_is_passed (void)
{
  const CapPatience patience = { CAP_OPEN_MS, 1000, 60 * 60 * 1000, 1000, 3000 };
  g_autoptr (Fixture) fixture = fixture_new (&patience);

  cap_realtime_connection_check (fixture->connection);
  pass (4000);
  g_assert_false (fixture->closed);
}

static guint
count_sockets (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  for (const char *name; (name = g_dir_read_name (folder)) != NULL;)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      n += target != NULL && g_str_has_prefix (target, "socket:");
    }
  return n;
}

/* Nobody reads the TLS close. The queue before it must go with the socket at once, and
 * not wait until the kernel gives up after 10 seconds. */
static void
test_nothing_is_kept (gconstpointer keys)
{
  const CapPatience patience = { CAP_OPEN_MS, 1000, 60 * 60 * 1000, 1000, 60 * 60 * 1000 };
  g_autoptr (Fixture) fixture = fixture_new_with (&patience, keys);
  guint n_sockets;

  relay_hold (fixture->relay);
  send_some (fixture, 1500);
  web_settle ();
  n_sockets = count_sockets ();
  g_clear_object (&fixture->connection);
  for (guint i = 0; i < 500 && count_sockets () >= n_sockets; i++)
    pass (10);
  g_assert_cmpuint (count_sockets (), <, n_sockets);
}

/* Breaks the client's socket to the relay, so that the next write fails. */
static void
break_wire (Fixture *fixture)
{
  for (int fd = 3; fd < 256; fd++)
    {
      struct sockaddr_in peer = { 0 };
      socklen_t length = sizeof peer;

      if (getpeername (fd, (struct sockaddr *) &peer, &length) == 0 && peer.sin_family == AF_INET
          && ntohs (peer.sin_port) == fixture->relay->port)
        shutdown (fd, SHUT_RDWR);
    }
}

/* libsoup reports the error during the call to send, while the caller is busy. */
static void
test_a_failure_is_told_later (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);

  break_wire (fixture);
  send_some (fixture, 3);
  g_assert_false (fixture->closed);
  wait_for (fixture->closed);
  g_assert_cmpuint (fixture->close_code, ==, 1006);
}

static void
test_a_failed_goodbye_is_told_later (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);

  break_wire (fixture);
  cap_realtime_connection_close (fixture->connection);
  g_assert_false (fixture->closed);
  wait_for (fixture->closed);
}

static void
test_not_open (void)
{
  g_autoptr (CapRealtimeConnection) connection = cap_realtime_connection_new ();

  cap_realtime_connection_check (connection);
  cap_realtime_connection_send (connection, "too early");
  g_assert_cmpuint (cap_realtime_connection_get_unread (connection), ==, 0);
}

int
main (int argc, char **argv)
{
  g_auto (WebKeys) keys = { 0 };

  g_test_init (&argc, &argv, NULL);
  web_keys_make (&keys);
  g_test_add_func ("/realtime-backpressure/the default timeouts", test_usual_patience);
  g_test_add_func ("/realtime-backpressure/a server that reads", test_a_server_that_reads);
  g_test_add_func ("/realtime-backpressure/a server that stops reading", test_a_server_that_stops_reading);
  g_test_add_func ("/realtime-backpressure/a stuck server is disconnected", test_a_stuck_server_is_left);
  g_test_add_func ("/realtime-backpressure/a silent server is kept", test_a_silent_server_is_kept);
  g_test_add_func ("/realtime-backpressure/a check shortens the timeout", test_a_check_shortens);
  g_test_add_func ("/realtime-backpressure/a second check extends no timeout", test_a_check_prolongs_nothing);
  g_test_add_func ("/realtime-backpressure/a live server passes a check", test_a_check_is_passed);
  g_test_add_data_func ("/realtime-backpressure/closing discards the queue", &keys, test_nothing_is_kept);
  g_test_add_func ("/realtime-backpressure/a failure is signalled later", test_a_failure_is_told_later);
  g_test_add_func ("/realtime-backpressure/close errors come later", test_a_failed_goodbye_is_told_later);
  g_test_add_func ("/realtime-backpressure/not open", test_not_open);
  return g_test_run ();
}
