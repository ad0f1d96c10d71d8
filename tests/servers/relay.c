/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* A TCP relay between a client and a server. Orders on its standard input break the
 * traffic at once, for existing connections and new ones:
 *
 *   pass        passes everything (the initial mode)
 *   close       closes the connections cleanly, then passes new ones
 *   reset       resets the connections, then passes new ones
 *   stall       stops reading from clients
 *   hold        stops reading from both sides
 *   mute        discards everything; a connection that lost data never passes
 *               data again
 *   trickle N   passes N bytes per second in each direction
 *   refuse      resets new connections
 *   garble      changes bytes from the server to the client
 *   to PORT     connects new clients to this port
 *
 * The relay prints each order after obeying it, and exits when its input ends. */

#include <gio/gio.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 16384
#define TICK_MS 50

typedef enum { PASS, STALL, HOLD, MUTE, TRICKLE, REFUSE, GARBLE } Mode;

typedef struct
{
  GMainLoop *loop;
  GSocket *listener;
  GPtrArray *links; /* element-type Link */
  Mode mode;
  guint port;       /* port of the server */
  gsize rate;       /* for TRICKLE, bytes per second */
  guint tick;
} Relay;

typedef struct _Link Link;

/* One direction of a connection. */
typedef struct
{
  Link *link;
  GSocket *from, *to;
  guint in, out;      /* source ids */
  guint8 data[ROOM];
  gsize n, allowance;
  gboolean ended;
} Way;

struct _Link
{
  Relay *relay;
  GSocket *client, *server;
  Way up, down;
  gboolean lossy; /* has discarded data */
};

static void way_run (Way *way);

/* connections */

static void
clear_source (guint *source)
{
  if (*source != 0)
    g_source_remove (*source);
  *source = 0;
}

static void
link_free (gpointer data)
{
  Link *link = data;

  for (guint i = 0; i < 2; i++)
    {
      Way *way = i == 0 ? &link->up : &link->down;

      clear_source (&way->in);
      clear_source (&way->out);
    }
  g_socket_close (link->client, NULL);
  g_socket_close (link->server, NULL);
  g_object_unref (link->client);
  g_object_unref (link->server);
  g_free (link);
}

/* Closing a socket whose linger time is zero sends a reset. */
static void
make_abrupt (GSocket *socket)
{
  struct linger none = { .l_onoff = 1 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

static void
drop_all (Relay *self, gboolean abrupt)
{
  for (guint i = 0; abrupt && i < self->links->len; i++)
    {
      Link *link = self->links->pdata[i];

      make_abrupt (link->client);
      make_abrupt (link->server);
    }
  g_ptr_array_set_size (self->links, 0);
}

static void
drop (Link *link)
{
  g_ptr_array_remove (link->relay->links, link);
}

/* traffic */

static gboolean
is_swallowed (Link *link)
{
  link->lossy |= link->relay->mode == MUTE;
  return link->lossy;
}

static gboolean
may_read (Way *way)
{
  Mode mode = way->link->relay->mode;

  return !way->ended && way->n == 0 && (mode != TRICKLE || way->allowance > 0) && mode != HOLD
         && (mode != STALL || way == &way->link->down);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Way *way = user_data;
  Relay *relay = way->link->relay;
  gsize room = relay->mode == TRICKLE ? MIN (ROOM, way->allowance) : ROOM;
  gssize n = g_socket_receive (socket, (char *) way->data, room, NULL, NULL);

  way->in = 0;
  if (n < 0)
    {
      /* Pass a reset on to the other side. */
      make_abrupt (way->to);
      drop (way->link);
      return G_SOURCE_REMOVE;
    }
  way->ended = n == 0;
  way->n = is_swallowed (way->link) ? 0 : n;
  way->allowance -= MIN (way->allowance, (gsize) n);
  for (gssize i = 0; relay->mode == GARBLE && way == &way->link->down && i < n; i += 7)
    way->data[i] ^= 0x55;
  if (way->ended && !way->link->lossy)
    g_socket_shutdown (way->to, FALSE, TRUE, NULL);
  if (way->link->up.ended && way->link->down.ended)
    drop (way->link);
  else
    way_run (way);
  return G_SOURCE_REMOVE;
}

static gboolean
on_writable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Way *way = user_data;
  gssize n = g_socket_send (socket, (const char *) way->data, way->n, NULL, NULL);

  way->out = 0;
  if (n < 0)
    {
      make_abrupt (way->from);
      drop (way->link);
      return G_SOURCE_REMOVE;
    }
  way->n -= n;
  memmove (way->data, way->data + n, way->n);
  way_run (way);
  return G_SOURCE_REMOVE;
}

static guint
watch (GSocket *socket, GIOCondition condition, GSocketSourceFunc func, gpointer data)
{
  GSource *source = g_socket_create_source (socket, condition, NULL);
  guint id;

  g_source_set_callback (source, G_SOURCE_FUNC (func), data, NULL);
  id = g_source_attach (source, NULL);
  g_source_unref (source);
  return id;
}

/* Waits until it can read, or can write what it still holds. */
static void
way_run (Way *way)
{
  Mode mode = way->link->relay->mode;

  clear_source (&way->in);
  clear_source (&way->out);
  if (way->n > 0 && is_swallowed (way->link))
    way->n = 0;
  if (way->n > 0 && mode != HOLD)
    way->out = watch (way->to, G_IO_OUT, on_writable, way);
  else if (may_read (way))
    way->in = watch (way->from, G_IO_IN | G_IO_HUP, on_readable, way);
}

static void
run_all (Relay *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = self->links->pdata[i];

      way_run (&link->up);
      way_run (&link->down);
    }
}

static gboolean
on_tick (gpointer user_data)
{
  Relay *self = user_data;

  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = self->links->pdata[i];

      link->up.allowance = link->down.allowance = MAX (self->rate * TICK_MS / 1000, 1);
    }
  run_all (self);
  return G_SOURCE_CONTINUE;
}

/* new connections */

/* Returns NULL if the server does not listen. Then the relay resets the client. */
static GSocket *
reach_server (Relay *self)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", self->port);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, NULL);

  if (!g_socket_connect (socket, address, NULL, NULL))
    return NULL;
  return g_steal_pointer (&socket);
}

static gboolean
on_client (GSocket *listener, GIOCondition condition, gpointer user_data)
{
  Relay *self = user_data;
  g_autoptr (GSocket) client = g_socket_accept (listener, NULL, NULL);
  g_autoptr (GSocket) server = NULL;
  Link *link;

  if (client == NULL)
    return G_SOURCE_CONTINUE;
  server = self->mode == REFUSE ? NULL : reach_server (self);
  if (server == NULL)
    {
      make_abrupt (client);
      g_socket_close (client, NULL);
      return G_SOURCE_CONTINUE;
    }

  link = g_new0 (Link, 1);
  link->relay = self;
  link->client = g_steal_pointer (&client);
  link->server = g_steal_pointer (&server);
  g_socket_set_blocking (link->client, FALSE);
  g_socket_set_blocking (link->server, FALSE);
  link->up = (Way) { .link = link, .from = link->client, .to = link->server };
  link->down = (Way) { .link = link, .from = link->server, .to = link->client };
  g_ptr_array_add (self->links, link);
  way_run (&link->up);
  way_run (&link->down);
  return G_SOURCE_CONTINUE;
}

/* orders */

static void
set_mode (Relay *self, Mode mode, gsize rate)
{
  self->mode = mode;
  self->rate = rate;
  clear_source (&self->tick);
  if (mode == TRICKLE)
    self->tick = g_timeout_add (TICK_MS, on_tick, self);
  run_all (self);
}

static gboolean
obey (Relay *self, const char *order, guint number)
{
  static const char *const modes[] = { "pass", "stall", "hold", "mute", "trickle", "refuse", "garble" };

  if (g_str_equal (order, "to"))
    return self->port = number, TRUE;
  if (g_str_equal (order, "close") || g_str_equal (order, "reset"))
    {
      drop_all (self, g_str_equal (order, "reset"));
      set_mode (self, PASS, 0);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (order, modes[i]))
      return set_mode (self, i, number), TRUE;
  return FALSE;
}

static gboolean
on_order (int fd, GIOCondition condition, gpointer user_data)
{
  Relay *self = user_data;
  char text[256];
  gssize n = read (fd, text, sizeof text - 1);
  g_auto (GStrv) lines = NULL;

  if (n <= 0)
    return g_main_loop_quit (self->loop), G_SOURCE_REMOVE;
  text[n] = '\0';
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 2);

      if (words[0] == NULL || !obey (self, words[0], words[1] != NULL ? atoi (words[1]) : 0))
        g_printerr ("relay: unknown order: %s\n", lines[i]);
      g_print ("%s\n", lines[i]);
    }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Relay self = { .loop = g_main_loop_new (NULL, FALSE), .links = g_ptr_array_new_with_free_func (link_free) };
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) own = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (argc < 3 || argc > 4 || (self.port = atoi (argv[1])) == 0)
    return g_printerr ("relay SERVER-PORT PORT-FILE [ADDRESS]\n"), EXIT_FAILURE;
  address = g_inet_socket_address_new_from_string (argc == 4 ? argv[3] : "127.0.0.1", 0);
  self.listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  if (self.listener == NULL || address == NULL || !g_socket_bind (self.listener, address, TRUE, &error)
      || !g_socket_listen (self.listener, &error))
    return g_printerr ("relay: %s\n", error != NULL ? error->message : "no address"), EXIT_FAILURE;

  g_socket_set_blocking (self.listener, FALSE);
  watch (self.listener, G_IO_IN, on_client, &self);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_order, &self);
  own = g_socket_get_local_address (self.listener, NULL);
  text = g_strdup_printf ("%d\n", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own)));
  if (!g_file_set_contents (argv[2], text, -1, &error))
    return g_printerr ("relay: %s\n", error->message), EXIT_FAILURE;
  g_main_loop_run (self.loop);
  drop_all (&self, FALSE);
  return EXIT_SUCCESS;
}
