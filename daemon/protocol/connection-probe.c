/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* The doctor's probe of the way to a service: name, network, proxy, TLS. */

#include "protocol/connection-private.h"

#include <string.h>

/* struct */

typedef struct
{
  char *url;
  GUri *uri;
  CapDeadline *deadline;
  GTlsDatabase *authority;
  char *address;
  gboolean negotiating; /* with a proxy */
  CapEvidence evidence;
} Probe;

static void
probe_free (Probe *self)
{
  g_free (self->url);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->deadline, cap_deadline_free);
  g_clear_object (&self->authority);
  g_free (self->address);
  cap_evidence_clear (&self->evidence);
  g_free (self);
}

static gboolean
is_secure (Probe *self)
{
  return g_str_equal (g_uri_get_scheme (self->uri), "https");
}

static void
fail (GTask *task, const GError *error)
{
  Probe *self = g_task_get_task_data (task);

  self->evidence.stage = CAP_STAGE_CONNECT;
  self->evidence.by_proxy = self->negotiating;
  self->evidence.timed_out = cap_deadline_is_over (self->deadline);
  if (!cap_deadline_is_over (self->deadline))
    self->evidence.network = g_error_copy (error);
  g_task_return_boolean (task, FALSE);
}

/* callbacks */

static void
note_address (Probe *self, GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_remote_address (connection, NULL);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return;
  g_free (self->address);
  self->address =
    g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static void
on_event (GSocketClient *client,
          GSocketClientEvent event,
          GSocketConnectable *connectable,
          GIOStream *connection,
          gpointer task)
{
  Probe *self = g_task_get_task_data (task);

  if (event == G_SOCKET_CLIENT_CONNECTING)
    note_address (self, G_SOCKET_CONNECTION (connection));
  else if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING)
    self->negotiating = TRUE;
  else if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATED)
    self->negotiating = FALSE;
  else if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && self->authority != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (connection), self->authority);
}

static void
on_reached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_uri_finish (G_SOCKET_CLIENT (source), result, &error);

  g_signal_handlers_disconnect_by_data (source, task);
  if (connection == NULL)
    {
      fail (task, error);
      return;
    }
  g_io_stream_close_async (G_IO_STREAM (connection), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

/* The client resolves the name itself, or leaves it to the proxy: behind a proxy this
 * machine may resolve no names at all. */
static void
on_probe_authority (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Probe *self = g_task_get_task_data (task);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;

  self->authority = cap_authority_load_finish (result, &error);
  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  g_socket_client_set_tls (client, is_secure (self));
  g_signal_connect (client, "event", G_CALLBACK (on_event), task);
  g_socket_client_connect_to_uri_async (client, self->url, is_secure (self) ? 443 : 80,
                                        cap_deadline_get_cancellable (self->deadline), on_reached,
                                        g_object_ref (task));
}

/* public methods */

void
cap_realtime_connection_probe_async (const CapEndpoint *endpoint,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Probe *self;

  g_return_if_fail (endpoint != NULL && endpoint->url != NULL);

  task = g_task_new (NULL, NULL, callback, user_data);
  self = g_new0 (Probe, 1);
  g_task_set_task_data (task, self, (GDestroyNotify) probe_free);
  self->url = g_strdup (endpoint->url);
  self->uri = g_uri_parse (endpoint->url, SOUP_HTTP_URI_FLAGS, &self->evidence.network);
  if (self->uri == NULL)
    {
      g_task_return_boolean (task, FALSE);
      return;
    }
  self->deadline = cap_deadline_new (cancellable, CAP_OPEN_MS);
  cap_authority_load_async (endpoint->ca_file, cap_deadline_get_cancellable (self->deadline),
                            on_probe_authority, g_object_ref (task));
}

gboolean
cap_realtime_connection_probe_finish (GAsyncResult *result, char **address, CapEvidence *evidence)
{
  gboolean reached;
  Probe *self;

  g_return_val_if_fail (G_IS_TASK (result), FALSE);
  g_return_val_if_fail (address != NULL && evidence != NULL, FALSE);

  self = g_task_get_task_data (G_TASK (result));
  reached = g_task_propagate_boolean (G_TASK (result), NULL);
  *address = g_steal_pointer (&self->address);
  *evidence = self->evidence;
  memset (&self->evidence, 0, sizeof self->evidence);
  return reached;
}
