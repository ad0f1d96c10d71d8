/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "soak/soak-relay.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

typedef struct _Leg Leg;

/* One direction of a connection. */
typedef struct
{
  Leg *leg;
  GSocket *from, *to;
  GSource *source;  /* waits until it can read, or write the rest of the buffer */
  gboolean waits_to_write;
  gboolean muted, ended;
  gsize begin, end; /* unwritten part of the buffer */
  char buffer[16384];
} Pipe;

struct _Leg
{
  SoakRelay *relay;
  GSocketConnection *connection; /* from the client */
  Pipe up, down;
};

struct _SoakRelay
{
  GSocketService *service;
  guint16 port, target;
  GPtrArray *legs; /* oldest first */
  gboolean mute_up, mute_down;
  guint n_all, n_takeovers;
};

/* directions */

static gboolean on_ready (GSocket *socket, GIOCondition condition, gpointer user_data);

static void
stop (Pipe *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
go_on (Pipe *self)
{
  gboolean left = self->begin < self->end;

  if (self->source != NULL && self->waits_to_write == left && !self->muted && !self->ended)
    return;

  stop (self);
  if (self->muted || self->ended)
    return;
  self->waits_to_write = left;
  self->source = g_socket_create_source (left ? self->to : self->from, left ? G_IO_OUT : G_IO_IN, NULL);
  g_source_set_static_name (self->source, "soak: relay");
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_attach (self->source, NULL);
}

/* Returns FALSE when the connection must end. */
static gboolean
move (Pipe *self)
{
  g_autoptr (GError) error = NULL;
  gssize n;

  if (self->begin == self->end)
    {
      n = g_socket_receive (self->from, self->buffer, sizeof self->buffer, NULL, NULL);
      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          self->ended = TRUE;
          g_socket_shutdown (self->to, FALSE, TRUE, NULL);
          return TRUE;
        }
      self->begin = 0;
      self->end = n;
    }
  n = g_socket_send (self->to, self->buffer + self->begin, self->end - self->begin, NULL, &error);
  if (n > 0)
    self->begin += n;
  return error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static gboolean
on_ready (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Pipe *self = user_data;
  Leg *leg = self->leg;

  /* Removing the leg frees this pipe and its source. */
  if (!move (self) || (leg->up.ended && leg->down.ended))
    g_ptr_array_remove (leg->relay->legs, leg);
  else
    go_on (self);
  return G_SOURCE_CONTINUE;
}

/* connections */

static void
set_reset (GSocket *socket)
{
  struct linger linger = { 1, 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static void
leg_free (gpointer data)
{
  Leg *self = data;

  stop (&self->up);
  stop (&self->down);
  g_socket_close (self->up.from, NULL);
  g_socket_close (self->up.to, NULL);
  g_object_unref (self->up.from);
  g_object_unref (self->up.to);
  g_object_unref (self->connection);
  g_free (self);
}

static GSocket *
connect_to (guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  /* A connection on this machine succeeds or fails immediately. */
  if (socket == NULL || !g_socket_connect (socket, address, NULL, NULL))
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  return g_steal_pointer (&socket);
}

static void
set_muted (Leg *self)
{
  self->up.muted = self->relay->mute_up;
  self->down.muted = self->relay->mute_down;
  go_on (&self->up);
  go_on (&self->down);
}

static gboolean
has_whole_leg (SoakRelay *self)
{
  for (guint i = 0; i < self->legs->len; i++)
    {
      Leg *leg = g_ptr_array_index (self->legs, i);

      if (!leg->up.ended && !leg->down.ended && !leg->up.muted && !leg->down.muted)
        return TRUE;
    }
  return FALSE;
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, SoakRelay *self)
{
  GSocket *client = g_socket_connection_get_socket (connection);
  GSocket *server = self->target != 0 ? connect_to (self->target) : NULL;
  Leg *leg;

  if (server == NULL)
    {
      set_reset (client);
      return TRUE;
    }

  g_socket_set_blocking (client, FALSE);
  g_socket_set_option (client, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  leg = g_new0 (Leg, 1);
  leg->relay = self;
  leg->up = (Pipe) { .leg = leg, .from = g_object_ref (client), .to = server };
  leg->down = (Pipe) { .leg = leg, .from = server, .to = client };
  leg->connection = g_object_ref (connection);
  self->n_all++;
  self->n_takeovers += has_whole_leg (self);
  g_ptr_array_add (self->legs, leg);
  set_muted (leg);
  return TRUE;
}

/* public functions */

SoakRelay *
soak_relay_new (void)
{
  SoakRelay *self = g_new0 (SoakRelay, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  self->legs = g_ptr_array_new_with_free_func (leg_free);
  self->service = g_socket_service_new ();
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &address, &error))
    g_error ("No port: %s", error->message);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
soak_relay_free (SoakRelay *self)
{
  g_ptr_array_unref (self->legs);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_free (self);
}

guint16
soak_relay_get_port (SoakRelay *self)
{
  return self->port;
}

void
soak_relay_set_target (SoakRelay *self, guint16 port)
{
  self->target = port;
}

void
soak_relay_cut (SoakRelay *self, gboolean reset)
{
  for (guint i = 0; i < self->legs->len; i++)
    {
      Leg *leg = g_ptr_array_index (self->legs, i);

      if (reset)
        {
          set_reset (leg->up.from);
          set_reset (leg->up.to);
        }
    }
  g_ptr_array_set_size (self->legs, 0);
}

void
soak_relay_mute (SoakRelay *self, gboolean up, gboolean down)
{
  self->mute_up = up;
  self->mute_down = down;
  for (guint i = 0; i < self->legs->len; i++)
    set_muted (g_ptr_array_index (self->legs, i));
}

guint
soak_relay_count_open (SoakRelay *self)
{
  return self->legs->len;
}

guint
soak_relay_count_all (SoakRelay *self)
{
  return self->n_all;
}

guint
soak_relay_count_takeovers (SoakRelay *self)
{
  return self->n_takeovers;
}
