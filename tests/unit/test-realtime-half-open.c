/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Two hosts on one machine: this process moves to a network namespace of its own, and
 * the server listens in another. The test can cut the virtual cable between them, and
 * neither kernel notices. With -m slow the usual timeouts apply, and the test prints
 * the time that it took. */

#include "protocol/connection-private.h"
#include "tools/web.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#define HERE "192.0.2.1"
#define THERE "192.0.2.2"
#define AUDIO_MS 100
#define AUDIO_BYTES 6447 /* 100 ms at 24 kHz, in base64 and JSON */

static gboolean
run (const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *errors = NULL;
  int status = 0;

  if (!g_spawn_command_line_sync (command, NULL, &errors, &status, &error))
    {
      g_test_message ("%s", error->message);
      return FALSE;
    }
  if (status != 0)
    g_test_message ("%s: %s", command, errors);
  return status == 0;
}

/* The socket stays in the namespace where it was created. */
static gpointer
listen_elsewhere (gpointer data)
{
  g_autofree char *cable = g_strdup_printf ("ip link add there type veth peer name here netns %d", getpid ());
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (THERE, 8000);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  if (unshare (CLONE_NEWNET) != 0)
    return NULL;
  if (!run (cable) || !run ("ip address add " THERE "/24 dev there") || !run ("ip link set there up"))
    return NULL;
  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_bind (socket, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&socket);
}

/* Returns NULL if the user may not do this, or a program is missing. */
static GSocket *
lay_cable (void)
{
  GSocket *socket;

  if (unshare (CLONE_NEWNET) != 0)
    {
      g_test_message ("unshare: %s", g_strerror (errno));
      return NULL;
    }
  socket = g_thread_join (g_thread_new ("elsewhere", listen_elsewhere, NULL));
  if (socket != NULL && run ("ip address add " HERE "/24 dev here") && run ("ip link set here up"))
    return socket;

  g_clear_object (&socket);
  return NULL;
}

typedef struct
{
  SoupServer *server;
  GPtrArray *peers;
  CapRealtimeConnection *connection;
  gboolean open, closed;
  guint close_code;
} Fixture;

static void
on_peer (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *peer,
         gpointer data)
{
  g_ptr_array_add (data, g_object_ref (peer));
}

static void
on_opened (Fixture *fixture)
{
  fixture->open = TRUE;
}

static void
on_closed (Fixture *fixture, const CapEvidence *evidence)
{
  fixture->closed = TRUE;
  fixture->close_code = evidence->close_code;
}

static gboolean
send_audio (gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *message = g_strnfill (AUDIO_BYTES, 'x');

  cap_realtime_connection_send (fixture->connection, message);
  return G_SOURCE_CONTINUE;
}

static void
open_connection (Fixture *fixture, GSocket *socket)
{
  const CapPatience short_one = { CAP_OPEN_MS, 1000, 2500, 1000, 1000 };
  const CapEndpoint endpoint = { .url = "http://" THERE ":8000/", .auth = CAP_AUTH_NONE };
  g_autoptr (GError) error = NULL;

  fixture->peers = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (fixture->server, "/", NULL, NULL, on_peer, fixture->peers, NULL);
  soup_server_listen_socket (fixture->server, socket, 0, &error);
  g_assert_no_error (error);

  fixture->connection = cap_realtime_connection_new ();
  if (!g_test_slow ())
    cap_realtime_connection_set_patience (fixture->connection, &short_one);
  g_signal_connect_swapped (fixture->connection, "opened", G_CALLBACK (on_opened), fixture);
  g_signal_connect_swapped (fixture->connection, "closed", G_CALLBACK (on_closed), fixture);
  cap_realtime_connection_open (fixture->connection, &endpoint);
}

static void
test_a_pulled_cable (void)
{
  g_autoptr (GSocket) socket = lay_cable ();
  Fixture fixture = { 0 };
  gint64 pulled;
  guint audio;

  if (socket == NULL)
    {
      g_test_skip ("this system does not permit network namespaces");
      return;
    }

  open_connection (&fixture, socket);
  wait_for (fixture.open);
  audio = g_timeout_add (AUDIO_MS, send_audio, &fixture);
  /* The server reads the data, so the connection is alive. */
  wait_for (cap_realtime_connection_get_unread (fixture.connection) > 0);
  for (guint64 most = 0; cap_realtime_connection_get_unread (fixture.connection) >= most;)
    {
      most = cap_realtime_connection_get_unread (fixture.connection);
      g_main_context_iteration (NULL, TRUE);
    }

  g_assert_true (run ("ip link set here down"));
  pulled = g_get_monotonic_time ();
  wait_for (fixture.closed);
  g_test_message ("closed after %.2f s", (g_get_monotonic_time () - pulled) / 1e6);
  g_assert_cmpuint (fixture.close_code, ==, 1006);

  g_source_remove (audio);
  g_object_unref (fixture.connection);
  g_ptr_array_unref (fixture.peers);
  web_settle ();
  g_object_unref (fixture.server);
  web_settle ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/realtime-half-open/a pulled cable", test_a_pulled_cable);
  return g_test_run ();
}
