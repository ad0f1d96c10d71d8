/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "tools/web.h"

#include <glib/gstdio.h>
#include <string.h>

#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* AddressSanitizer calls these functions. At exit it mishandles the thread-local memory
 * of libraries that were loaded late, such as GnuTLS. The server of libsoup 3.2 leaks its
 * address and the connections that are open when it is freed. Only complete stacks tell
 * these leaks from ours. */
const char *__asan_default_options (void);
const char *__lsan_default_suppressions (void);

const char *
__asan_default_options (void)
{
  return "intercept_tls_get_addr=0:fast_unwind_on_malloc=0";
}

const char *
__lsan_default_suppressions (void)
{
  return "leak:soup_server_listen_local\nleak:g_socket_accept\n";
}

void
web_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* certificates */

static void
run_openssl (const char *folder, const char *arguments)
{
  g_autofree char *command = g_strdup_printf ("openssl %s", arguments);
  g_auto (GStrv) argv = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));
  g_spawn_sync (folder, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &errors, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s: %s", command, errors);
}

static GTlsCertificate *
sign (const char *folder, const char *name, const char *hosts)
{
  g_autofree char *arguments =
    g_strdup_printf ("req -x509 -CA ca.pem -CAkey ca.key -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                     "-nodes -days 2 -keyout %s.key -out %s.pem -subj /CN=%s "
                     "-addext subjectAltName=%s -addext basicConstraints=critical,CA:FALSE",
                     name, name, name, hosts);
  g_autofree char *pem = g_strdup_printf ("%s/%s.pem", folder, name);
  g_autofree char *key = g_strdup_printf ("%s/%s.key", folder, name);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate;

  run_openssl (folder, arguments);
  certificate = g_tls_certificate_new_from_files (pem, key, &error);
  g_assert_no_error (error);
  return certificate;
}

void
web_keys_make (WebKeys *self)
{
  self->folder = g_dir_make_tmp ("captiond-keys-XXXXXX", NULL);
  self->ca_file = g_build_filename (self->folder, "ca.pem", NULL);
  run_openssl (self->folder, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
                             "-keyout ca.key -out ca.pem -subj '/CN=Test authority' "
                             "-addext basicConstraints=critical,CA:TRUE");
  self->certificate = sign (self->folder, "here", "DNS:localhost,IP:127.0.0.1,DNS:captions.test");
  self->of_elsewhere = sign (self->folder, "elsewhere", "DNS:elsewhere.test");
}

void
web_keys_clear (WebKeys *self)
{
  static const char *const names[] = { "ca.key", "ca.pem", "here.key", "here.pem", "elsewhere.key",
                                       "elsewhere.pem" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->ca_file);
  g_object_unref (self->certificate);
  g_object_unref (self->of_elsewhere);
}

/* web */

static void
add_header (const char *name, const char *value, gpointer text)
{
  g_string_append_printf (text, "%s: %s\n", name, value);
}

static void
note_request (WebServer *self, SoupServerMessage *message, const char *path)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s %s\n", soup_server_message_get_method (message), path);
  soup_message_headers_foreach (soup_server_message_get_request_headers (message), add_header, text);
  g_ptr_array_add (self->requests, g_string_free (text, FALSE));
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  WebServer *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  note_request (self, message, path);
  for (gsize i = 0; self->headers[i] != NULL; i += 2)
    soup_message_headers_append (headers, self->headers[i], self->headers[i + 1]);
  soup_server_message_set_status (message, self->status[self->requests->len > 1], NULL);
  if (self->body != NULL)
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, self->body,
                                      strlen (self->body));
}

static void
on_echo_message (SoupWebsocketConnection *peer, SoupWebsocketDataType type, GBytes *message)
{
  soup_websocket_connection_send_text (peer, g_bytes_get_data (message, NULL));
}

static void
on_echo (SoupServer *soup,
         SoupServerMessage *message,
         const char *path,
         SoupWebsocketConnection *peer,
         gpointer data)
{
  note_request (data, message, path);
  g_signal_connect (peer, "message", G_CALLBACK (on_echo_message), NULL);
  g_signal_connect (peer, "closed", G_CALLBACK (g_object_unref), NULL);
  g_object_ref (peer);
}

/* libsoup warns when a client leaves before it asks for its address. That is harmless. */
static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  return g_strcmp0 (domain, "libsoup") != 0 || strstr (message, "could not get remote address") == NULL;
}

static void
on_complaint (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (is_fatal (domain, level, message, data))
    g_log_default_handler (domain, level, message, data);
}

WebServer *
web_server_new (GTlsCertificate *certificate)
{
  WebServer *self = g_new0 (WebServer, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->log_id = g_log_set_handler ("libsoup", G_LOG_LEVEL_WARNING | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION,
                                    on_complaint, NULL);
  g_test_log_set_fatal_handler (is_fatal, NULL);
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->soup = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
  soup_server_add_websocket_handler (self->soup, "/echo", NULL, NULL, on_echo, self, NULL);
  soup_server_listen_local (self->soup, 0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY | (certificate ? SOUP_SERVER_LISTEN_HTTPS : 0),
                            &error);
  g_assert_no_error (error);

  uris = soup_server_get_uris (self->soup);
  self->port = g_uri_get_port (uris->data);
  self->url = g_strdup_printf ("%s://127.0.0.1:%u", certificate ? "https" : "http", self->port);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return self;
}

void
web_server_free (WebServer *self)
{
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  g_log_remove_handler ("libsoup", self->log_id);
  g_ptr_array_unref (self->requests);
  g_free (self->url);
  g_free (self);
}

/* raw server */

static char *
accept_key (const char *request)
{
  const char *name = "Sec-WebSocket-Key: ";
  const char *start = strstr (request, name);
  g_autofree char *key = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_assert_nonnull (start);
  start += strlen (name);
  key = g_strndup (start, strcspn (start, "\r\n"));
  g_checksum_update (checksum, (const guint8 *) key, -1);
  g_checksum_update (checksum, (const guint8 *) WEBSOCKET_GUID, -1);
  g_checksum_get_digest (checksum, digest, &length);
  return g_base64_encode (digest, length);
}

static void
on_raw_written (GObject *source, GAsyncResult *result, gpointer data)
{
  RawServer *self = g_object_get_data (data, "server");

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  if (self != NULL && self->hangs_up)
    g_io_stream_close (data, NULL, NULL);
  g_object_unref (data);
}

static void
on_raw_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GIOStream) stream = data;
  RawServer *self = g_object_get_data (data, "server");
  g_autofree char *key = NULL;
  g_autoptr (GBytes) request = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  g_autofree char *text = NULL;
  GString *answer;

  if (self == NULL || request == NULL || g_bytes_get_size (request) == 0)
    return;
  text = g_strndup (g_bytes_get_data (request, NULL), g_bytes_get_size (request));
  key = accept_key (text);
  answer = g_string_new (NULL);
  if (self->refuses_first && self->n_connections == 1)
    g_string_append (answer, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  else
    g_string_append_printf (answer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", key);
  g_string_append_len (answer, g_bytes_get_data (self->frames, NULL), g_bytes_get_size (self->frames));
  g_object_set_data_full (data, "answer", answer->str, g_free);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), answer->str, answer->len,
                                   G_PRIORITY_DEFAULT, NULL, on_raw_written, g_object_ref (stream));
  g_string_free (answer, FALSE);
}

static gboolean
on_raw_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  RawServer *self = data;

  self->n_connections++;
  g_ptr_array_add (self->streams, g_object_ref (connection));
  g_object_set_data (G_OBJECT (connection), "server", self);
  if (!self->mute)
    g_input_stream_read_bytes_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)), 8192,
                                     G_PRIORITY_DEFAULT, NULL, on_raw_read, g_object_ref (connection));
  return TRUE;
}

static guint
listen_here (GSocketService *service)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  g_socket_service_start (service);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
}

RawServer *
raw_server_new (void)
{
  RawServer *self = g_new0 (RawServer, 1);

  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->frames = g_bytes_new (NULL, 0);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_raw_incoming), self);
  self->port = listen_here (self->service);
  self->url = g_strdup_printf ("http://127.0.0.1:%u/", self->port);
  return self;
}

void
raw_server_free (RawServer *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  for (guint i = 0; i < self->streams->len; i++)
    g_object_set_data (g_ptr_array_index (self->streams, i), "server", NULL);
  g_ptr_array_unref (self->streams);
  g_bytes_unref (self->frames);
  g_free (self->url);
  g_free (self);
}

/* TLS server */

static void
on_tls_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  g_autoptr (GIOStream) connection = data;
  TlsServer *self = g_object_get_data (G_OBJECT (connection), "server");
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, NULL);

  if (self != NULL && bytes != NULL)
    self->n_heard += g_bytes_get_size (bytes);
}

static gboolean
on_tls_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  TlsServer *self = data;
  GIOStream *stream = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL);

  g_ptr_array_add (self->streams, stream);
  g_object_set_data (G_OBJECT (stream), "server", self);
  /* The first read performs the handshake. */
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (stream), 8192, G_PRIORITY_DEFAULT, NULL,
                                   on_tls_read, g_object_ref (stream));
  return TRUE;
}

TlsServer *
tls_server_new (GTlsCertificate *certificate)
{
  TlsServer *self = g_new0 (TlsServer, 1);

  self->certificate = g_object_ref (certificate);
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_tls_incoming), self);
  self->port = listen_here (self->service);
  self->url = g_strdup_printf ("https://127.0.0.1:%u/", self->port);
  return self;
}

void
tls_server_free (TlsServer *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  for (guint i = 0; i < self->streams->len; i++)
    g_object_set_data (g_ptr_array_index (self->streams, i), "server", NULL);
  g_ptr_array_unref (self->streams);
  g_object_unref (self->certificate);
  g_free (self->url);
  g_free (self);
}

void
raw_server_frame (RawServer *self, guint8 first, const void *data, gsize length)
{
  GByteArray *frames = g_bytes_unref_to_array (self->frames);
  guint8 size[10] = { length };
  gsize n_size = 1;

  if (length > G_MAXUINT16)
    {
      size[0] = 127;
      for (n_size = 1; n_size < 9; n_size++)
        size[n_size] = (guint64) length >> (8 * (8 - n_size)) & 0xff;
    }
  else if (length > 125)
    {
      size[0] = 126;
      size[1] = length >> 8;
      size[2] = length & 0xff;
      n_size = 3;
    }
  g_byte_array_append (frames, &first, 1);
  g_byte_array_append (frames, size, n_size);
  g_byte_array_append (frames, data, length);
  self->frames = g_byte_array_free_to_bytes (frames);
}

void
raw_server_close_frame (RawServer *self, guint16 code, const char *reason)
{
  g_autofree char *data = g_strdup_printf ("%c%c%s", 'x', 'x', reason);

  data[0] = code >> 8;
  data[1] = code & 0xff;
  raw_server_frame (self, 0x88, data, 2 + strlen (reason));
}

/* proxy */

static gpointer
copy (gpointer data)
{
  GIOStream **streams = data;

  g_output_stream_splice (g_io_stream_get_output_stream (streams[1]),
                          g_io_stream_get_input_stream (streams[0]), G_OUTPUT_STREAM_SPLICE_NONE, NULL,
                          NULL);
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (streams[1])), FALSE, TRUE, NULL);
  return NULL;
}

static void
connect_through (ProxyServer *self, GIOStream *from)
{
  static const char *agreed = "HTTP/1.1 200 Connected\r\n\r\n";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) to = NULL;
  GIOStream *there[2], *back[2];
  GThread *thread;

  g_socket_client_set_enable_proxy (client, FALSE);
  to = g_socket_client_connect_to_host (client, "127.0.0.1", self->to, NULL, NULL);
  if (to == NULL)
    return;
  g_output_stream_write_all (g_io_stream_get_output_stream (from), agreed, strlen (agreed), NULL, NULL, NULL);
  there[0] = back[1] = from;
  there[1] = back[0] = G_IO_STREAM (to);
  thread = g_thread_new ("back", copy, back);
  copy (there);
  g_thread_join (thread);
}

static gboolean
on_proxy_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  ProxyServer *self = data;
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) request = g_string_new (NULL);
  char byte;

  while (strstr (request->str, "\r\n\r\n") == NULL && g_input_stream_read (input, &byte, 1, NULL, NULL) == 1)
    g_string_append_c (request, byte);

  g_mutex_lock (&self->lock);
  g_string_append (self->heard, request->str);
  g_mutex_unlock (&self->lock);

  if (self->refusal != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), self->refusal,
                               strlen (self->refusal), NULL, NULL, NULL);
  else
    connect_through (self, G_IO_STREAM (connection));
  return TRUE;
}

ProxyServer *
proxy_server_new (guint to, const char *refusal)
{
  ProxyServer *self = g_new0 (ProxyServer, 1);

  g_mutex_init (&self->lock);
  self->heard = g_string_new (NULL);
  self->to = to;
  self->refusal = refusal;
  self->service = g_threaded_socket_service_new (10);
  g_signal_connect (self->service, "run", G_CALLBACK (on_proxy_run), self);
  self->port = listen_here (self->service);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
  return self;
}

/* Its threads may still be running, so the struct is never freed. */
void
proxy_server_free (ProxyServer *self)
{
  g_socket_service_stop (self->service);
}

/* relay */

/* One direction of a connection. */
typedef struct
{
  Relay *relay; /* NULL after the relay is freed */
  GIOStream *from;
  GIOStream *to;
  gboolean of_client;
  gboolean waits;
  guint8 bytes[16384];
} Lane;

static void read_on (Lane *lane);

static void
lane_free (Lane *lane)
{
  g_object_unref (lane->from);
  g_object_unref (lane->to);
  g_free (lane);
}

static void
lane_end (Lane *lane)
{
  g_io_stream_close (lane->from, NULL, NULL);
  g_io_stream_close (lane->to, NULL, NULL);
  if (lane->relay != NULL)
    g_ptr_array_remove_fast (lane->relay->lanes, lane);
  lane_free (lane);
}

static void
on_lane_written (GObject *stream, GAsyncResult *result, gpointer data)
{
  Lane *lane = data;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, NULL, NULL) || lane->relay == NULL)
    lane_end (lane);
  else
    read_on (lane);
}

static void
on_lane_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  Lane *lane = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  if (n <= 0 || lane->relay == NULL)
    {
      lane_end (lane);
      return;
    }
  if (lane->of_client)
    lane->relay->n_passed += n;
  g_output_stream_write_all_async (g_io_stream_get_output_stream (lane->to), lane->bytes, n,
                                   G_PRIORITY_DEFAULT, NULL, on_lane_written, lane);
}

static void
read_on (Lane *lane)
{
  lane->waits = lane->of_client && lane->relay->held;
  if (!lane->waits)
    g_input_stream_read_async (g_io_stream_get_input_stream (lane->from), lane->bytes, sizeof lane->bytes,
                               G_PRIORITY_DEFAULT, NULL, on_lane_read, lane);
}

static void
add_lane (Relay *self, GIOStream *from, GIOStream *to, gboolean of_client)
{
  Lane *lane = g_new0 (Lane, 1);

  lane->relay = self;
  lane->from = g_object_ref (from);
  lane->to = g_object_ref (to);
  lane->of_client = of_client;
  g_ptr_array_add (self->lanes, lane);
  read_on (lane);
}

static gboolean
on_relay_incoming (GSocketService *service, GSocketConnection *client, GObject *source, gpointer data)
{
  Relay *self = data;
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autoptr (GSocketConnection) server = NULL;

  g_socket_client_set_enable_proxy (connector, FALSE);
  server = g_socket_client_connect_to_host (connector, "127.0.0.1", self->to, NULL, NULL);
  g_assert_nonnull (server);
  add_lane (self, G_IO_STREAM (client), G_IO_STREAM (server), TRUE);
  add_lane (self, G_IO_STREAM (server), G_IO_STREAM (client), FALSE);
  return TRUE;
}

Relay *
relay_new (guint to)
{
  Relay *self = g_new0 (Relay, 1);

  self->to = to;
  self->lanes = g_ptr_array_new ();
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_relay_incoming), self);
  self->port = listen_here (self->service);
  return self;
}

void
relay_free (Relay *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  relay_release (self);
  for (guint i = 0; i < self->lanes->len; i++)
    {
      Lane *lane = g_ptr_array_index (self->lanes, i);

      lane->relay = NULL;
      g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (lane->from)), TRUE, TRUE, NULL);
    }
  g_ptr_array_unref (self->lanes);
  g_free (self);
  web_settle ();
}

void
relay_hold (Relay *self)
{
  self->held = TRUE;
}

void
relay_release (Relay *self)
{
  self->held = FALSE;
  for (guint i = 0; i < self->lanes->len; i++)
    {
      Lane *lane = g_ptr_array_index (self->lanes, i);

      if (lane->waits)
        read_on (lane);
    }
}

void
relay_cut (Relay *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      Lane *lane = g_ptr_array_index (self->lanes, i);

      if (lane->of_client)
        g_socket_close (g_socket_connection_get_socket (G_SOCKET_CONNECTION (lane->from)), NULL);
    }
}
