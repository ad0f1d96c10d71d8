/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/connection-private.h"
#include "tools/web.h"

#include <string.h>

#define KEY "canary-4711-key"

static const CapPatience brisk = { 10 * 1000, 5 * 1000, 25 * 1000, 50 };

/* client */

/* A connection and a record of its signals. */
typedef struct
{
  CapRealtimeConnection *connection;
  guint n_opened;
  guint n_messages;
  guint n_closed;
  char *last;
  gboolean unref_when_opened;
  gboolean unref_when_told;

  CapStage stage;
  GError *network;
  guint status;
  guint close_code;
  char *code;    /* error code of the failure */
  GString *text; /* all strings of the evidence */
  gboolean by_proxy;
  gboolean timed_out;
  guint retry_after;
} Client;

static void
record (Client *self, const CapEvidence *evidence)
{
  const CapServiceError *error = evidence->error;

  self->stage = evidence->stage;
  g_clear_error (&self->network);
  self->network = evidence->network != NULL ? g_error_copy (evidence->network) : NULL;
  self->status = evidence->status;
  self->close_code = evidence->close_code;
  g_free (self->code);
  self->code = g_strdup (error != NULL ? error->code : NULL);
  self->by_proxy = evidence->by_proxy;
  self->timed_out = evidence->timed_out;
  self->retry_after = evidence->retry_after;
  g_string_printf (self->text, "id=%s region=%s location=%s reason=%s message=%s network=%s",
                   evidence->request_id, evidence->region, evidence->location, evidence->close_reason,
                   error != NULL ? error->message : "-",
                   evidence->network != NULL ? evidence->network->message : "-");
  g_assert_null (strstr (self->text->str, KEY));
}

static void
on_opened (Client *self)
{
  self->n_opened++;
  if (self->unref_when_opened)
    g_clear_object (&self->connection);
}

static void
on_message (Client *self, const char *text, guint64 length)
{
  g_assert_cmpuint (strlen (text), ==, length);
  self->n_messages++;
  g_free (self->last);
  self->last = g_strdup (text);
  if (self->unref_when_told)
    g_clear_object (&self->connection);
}

static void
on_closed (Client *self, const CapEvidence *evidence)
{
  self->n_closed++;
  record (self, evidence);
  if (self->unref_when_told)
    g_clear_object (&self->connection);
}

static Client *
client_new (void)
{
  Client *self = g_new0 (Client, 1);

  self->text = g_string_new (NULL);
  self->connection = cap_realtime_connection_new ();
  cap_realtime_connection_set_patience (self->connection, &brisk);
  g_signal_connect_swapped (self->connection, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect_swapped (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect_swapped (self->connection, "closed", G_CALLBACK (on_closed), self);
  return self;
}

static void
client_free (Client *self)
{
  if (self->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->connection, self);
      g_object_add_weak_pointer (G_OBJECT (self->connection), (gpointer *) &self->connection);
      g_object_unref (self->connection);
      g_assert_null (self->connection);
    }
  web_settle ();
  g_clear_error (&self->network);
  g_string_free (self->text, TRUE);
  g_free (self->last);
  g_free (self->code);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

static CapEndpoint
endpoint_for (const char *url, CapAuth auth)
{
  static CapSecret *secret;
  CapEndpoint endpoint = { url, auth, NULL, NULL, NULL };

  if (secret == NULL)
    secret = cap_secret_new (KEY, -1, NULL);
  endpoint.secret = secret;
  return endpoint;
}

static void
client_open (Client *self, const char *url, const char *ca_file)
{
  CapEndpoint endpoint = endpoint_for (url, CAP_AUTH_API_KEY);

  endpoint.ca_file = ca_file;
  cap_realtime_connection_open (self->connection, &endpoint);
}

static Client *
client_hear (RawServer *server)
{
  Client *self = client_new ();

  client_open (self, server->url, NULL);
  wait_for (self->n_closed);
  web_settle ();
  g_assert_cmpuint (self->n_closed, ==, 1);
  return self;
}

static char *
join (WebServer *server, const char *path)
{
  return g_strconcat (server->url, path, NULL);
}

/* open */

static void
assert_echo (WebServer *server, const char *ca_file)
{
  g_autoptr (Client) client = client_new ();
  g_autofree char *url = join (server, "/echo?model=m");

  client_open (client, url, ca_file);
  wait_for (client->n_opened || client->n_closed);
  g_assert_cmpuint (client->n_opened, ==, 1);
  cap_realtime_connection_send (client->connection, "Grüße");
  wait_for (client->n_messages);
  g_assert_cmpstr (client->last, ==, "Grüße");

  cap_realtime_connection_close (client->connection);
  wait_for (client->n_closed);
  g_assert_cmpuint (client->close_code, ==, 1000);
  g_assert_cmpint (client->stage, ==, CAP_STAGE_LISTEN);
}

static void
test_echo_without_encryption (void)
{
  g_autoptr (WebServer) server = web_server_new (NULL);

  assert_echo (server, NULL);
  g_assert_nonnull (strstr (server->requests->pdata[0], "api-key: " KEY "\n"));
  g_assert_null (strstr (server->requests->pdata[0], "Authorization"));
  g_assert_nonnull (strstr (server->requests->pdata[0], "User-Agent: captiond/" CAPTIOND_VERSION "\n"));
  g_assert_null (strstr (server->requests->pdata[0], "Extensions"));
}

static void
test_echo_with_an_authority_of_ones_own (gconstpointer data)
{
  const WebKeys *keys = data;
  g_autoptr (WebServer) server = web_server_new (keys->certificate);

  assert_echo (server, keys->ca_file);
}

static void
test_bearer_and_headers (void)
{
  static const char *const headers[] = { "OpenAI-Project", "proj", NULL };
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (Client) client = client_new ();
  g_autofree char *url = join (server, "/echo");
  CapEndpoint endpoint = endpoint_for (url, CAP_AUTH_BEARER);

  endpoint.headers = headers;
  cap_realtime_connection_open (client->connection, &endpoint);
  wait_for (client->n_opened);
  g_assert_nonnull (strstr (server->requests->pdata[0], "Authorization: Bearer " KEY "\n"));
  g_assert_nonnull (strstr (server->requests->pdata[0], "OpenAI-Project: proj\n"));
  g_assert_null (strstr (server->requests->pdata[0], "api-key"));
}

/* network and TLS */

static void
assert_bad_certificate (GTlsCertificate *certificate, const char *ca_file)
{
  g_autoptr (TlsServer) server = tls_server_new (certificate);
  g_autoptr (Client) client = client_new ();

  client_open (client, server->url, ca_file);
  wait_for (client->n_closed);
  g_assert_error (client->network, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpint (client->stage, ==, CAP_STAGE_CONNECT);
  g_assert_cmpuint (client->status, ==, 0);
  web_settle ();
  g_assert_cmpuint (server->n_heard, ==, 0);
}

static void
test_unknown_authority (gconstpointer data)
{
  assert_bad_certificate (((const WebKeys *) data)->certificate, NULL);
}

static void
test_other_host (gconstpointer data)
{
  const WebKeys *keys = data;

  assert_bad_certificate (keys->of_elsewhere, keys->ca_file);
}

static void
test_no_authority_file (void)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (Client) client = client_new ();

  client_open (client, server->url, "/nonexistent/ca.pem");
  wait_for (client->n_closed);
  g_assert_nonnull (client->network);
  g_assert_cmpint (client->stage, ==, CAP_STAGE_CONNECT);
  g_assert_cmpuint (server->requests->len, ==, 0);
}

static void
test_nobody_there (void)
{
  RawServer *server = raw_server_new ();
  g_autofree char *url = g_strdup (server->url);
  g_autoptr (Client) client = client_new ();

  raw_server_free (server);
  client_open (client, url, NULL);
  wait_for (client->n_closed);
  g_assert_error (client->network, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_cmpint (client->stage, ==, CAP_STAGE_CONNECT);
}

static void
test_unknown_name (void)
{
  g_autoptr (Client) client = client_new ();

  client_open (client, "http://nothing.invalid/", NULL);
  wait_for (client->n_closed);
  g_assert_nonnull (client->network);
  g_assert_cmpint (client->network->domain, ==, G_RESOLVER_ERROR);
  g_assert_cmpint (client->stage, ==, CAP_STAGE_CONNECT);
}

static void
test_no_url (void)
{
  g_autoptr (Client) client = client_new ();

  client_open (client, "no url", NULL);
  g_assert_cmpuint (client->n_closed, ==, 0);
  wait_for (client->n_closed);
  g_assert_error (client->network, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_no_answer (gconstpointer scheme)
{
  const CapPatience short_one = { 50, 50, 1000, 1000 };
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (Client) client = client_new ();
  g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u/", (const char *) scheme, server->port);

  server->mute = TRUE;
  cap_realtime_connection_set_patience (client->connection, &short_one);
  client_open (client, url, NULL);
  wait_for (client->n_closed);
  g_assert_true (client->timed_out);
  g_assert_null (client->network);
  g_assert_cmpint (client->stage, ==,
                   g_str_equal (scheme, "http") ? CAP_STAGE_HANDSHAKE : CAP_STAGE_CONNECT);
}

/* refusals */

static void
test_refusal (gconstpointer data)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (Client) client = client_new ();

  server->status[0] = server->status[1] = GPOINTER_TO_UINT (data);
  server->body = "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"no such thing\"}}";
  memcpy (server->headers,
          (const char *[]){ "apim-request-id", "abc", "x-ms-region", "Sweden Central", "Retry-After", "7" },
          6 * sizeof (char *));
  client_open (client, server->url, NULL);
  wait_for (client->n_closed);

  g_assert_cmpint (client->stage, ==, CAP_STAGE_HANDSHAKE);
  g_assert_cmpuint (client->status, ==, GPOINTER_TO_UINT (data));
  g_assert_cmpstr (client->code, ==, "DeploymentNotFound");
  g_assert_cmpuint (client->retry_after, ==, 7);
  g_assert_nonnull (strstr (client->text->str, "id=abc region=Sweden Central"));
  g_assert_null (client->network);
  g_assert_cmpuint (server->requests->len, ==, 2);
  g_assert_nonnull (strstr (server->requests->pdata[1], "Upgrade: websocket\n"));
  g_assert_nonnull (strstr (server->requests->pdata[1], "Sec-WebSocket-Key: "));
  g_assert_nonnull (strstr (server->requests->pdata[1], "api-key: " KEY "\n"));
}

static void
test_refusal_with_a_date (void)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (Client) client = client_new ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) date = g_date_time_add_seconds (now, 100);
  g_autofree char *text = soup_date_time_to_string (date, SOUP_DATE_HTTP);

  server->status[0] = server->status[1] = 429;
  server->headers[0] = "Retry-After";
  server->headers[1] = text;
  client_open (client, server->url, NULL);
  wait_for (client->n_closed);
  g_assert_cmpuint (client->retry_after, >=, 60);
  g_assert_cmpuint (client->retry_after, <=, 101);
}

/* The second answer has another status, so its body has another subject. */
static void
test_refusal_that_changes (gconstpointer data)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (Client) client = client_new ();

  server->status[0] = 401;
  server->status[1] = GPOINTER_TO_UINT (data);
  server->body = "{\"error\":{\"code\":\"other\"}}";
  client_open (client, server->url, NULL);
  wait_for (client->n_closed);
  g_assert_cmpuint (client->status, ==, 401);
  g_assert_null (client->code);
}

static void
test_refusal_that_is_taken_back (void)
{
  const CapPatience patient = { 60 * 1000, 60 * 1000, 60 * 1000, 60 * 1000 };
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (Client) client = client_new ();
  const gint64 start = g_get_monotonic_time ();

  server->refuses_first = TRUE;
  cap_realtime_connection_set_patience (client->connection, &patient);
  client_open (client, server->url, NULL);
  wait_for (client->n_closed);
  g_assert_cmpuint (server->n_connections, ==, 2);
  g_assert_cmpuint (client->status, ==, 401);
  g_assert_null (client->code);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 30 * G_TIME_SPAN_SECOND);
}

static void
test_refusal_encrypted (gconstpointer data)
{
  const WebKeys *keys = data;
  g_autoptr (WebServer) server = web_server_new (keys->certificate);
  g_autoptr (Client) client = client_new ();

  server->status[0] = server->status[1] = 403;
  server->body = "{\"error\":{\"code\":\"unsupported_country\"}}";
  client_open (client, server->url, keys->ca_file);
  wait_for (client->n_closed);
  g_assert_false (client->by_proxy);
  g_assert_cmpint (client->stage, ==, CAP_STAGE_HANDSHAKE);
  g_assert_cmpstr (client->code, ==, "unsupported_country");
}

static void
test_portal (void)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (Client) client = client_new ();

  server->status[0] = server->status[1] = 200;
  client_open (client, server->url, NULL);
  wait_for (client->n_closed);
  g_assert_cmpuint (client->status, ==, 200);
  g_assert_cmpint (client->stage, ==, CAP_STAGE_HANDSHAKE);
  g_assert_cmpuint (server->requests->len, ==, 1);
}

/* redirects */

static void
assert_untouched (RawServer *other)
{
  g_autoptr (GSocketClient) control = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;

  web_settle ();
  g_assert_cmpuint (other->n_connections, ==, 0);
  /* The server would have counted a client before this. */
  connection = g_socket_client_connect_to_host (control, "127.0.0.1", other->port, NULL, NULL);
  wait_for (other->n_connections);
  g_assert_cmpuint (other->n_connections, ==, 1);
}

static void
redirect (WebServer *server, RawServer *other, guint first, guint second, char **location)
{
  *location = g_strdup_printf ("%sv1?api-key=%s", other->url, KEY);
  server->status[0] = first;
  server->status[1] = second;
  server->headers[0] = "Location";
  server->headers[1] = *location;
  other->mute = TRUE;
}

static void
test_redirect (gconstpointer data)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (RawServer) other = raw_server_new ();
  g_autoptr (Client) client = client_new ();
  g_autofree char *location = NULL;

  redirect (server, other, GPOINTER_TO_UINT (data), GPOINTER_TO_UINT (data), &location);
  client_open (client, server->url, NULL);
  wait_for (client->n_closed);
  g_assert_cmpuint (client->status, ==, GPOINTER_TO_UINT (data));
  g_assert_nonnull (strstr (client->text->str, "location=http://127.0.0.1:"));
  g_assert_cmpuint (server->requests->len, ==, 1);
  assert_untouched (other);
}

static void
test_redirect_of_the_second_question (gconstpointer data)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (RawServer) other = raw_server_new ();
  g_autoptr (Client) client = client_new ();
  g_autofree char *location = NULL;

  redirect (server, other, 403, GPOINTER_TO_UINT (data), &location);
  client_open (client, server->url, NULL);
  wait_for (client->n_closed);
  g_assert_cmpuint (client->status, ==, 403);
  g_assert_cmpuint (server->requests->len, ==, 2);
  assert_untouched (other);
}

/* closes */

typedef struct
{
  const char *name;
  guint16 code;
  const char *reason;
} Farewell;

static const Farewell farewells[] = {
  { "1000", 1000, "" },
  { "1001", 1001, "Your session hit the maximum duration" },
  { "1011", 1011, "fault" },
  { "1013", 1013, "later" }, /* unknown to libsoup */
  { "3000", 3000, "invalid_request_error.invalid_api_key" },
  { "4000", 4000, "invalid_request_error.missing_model" },
};

static void
test_farewell (gconstpointer data)
{
  const Farewell *farewell = data;
  g_autoptr (RawServer) server = raw_server_new ();
  g_autofree char *reason = g_strdup_printf ("reason=%s ", *farewell->reason ? farewell->reason : "(null)");
  Client *client;

  raw_server_frame (server, 0x81, "hello", 5);
  raw_server_close_frame (server, farewell->code, farewell->reason);
  client = client_hear (server);
  g_assert_cmpuint (client->n_messages, ==, 1);
  g_assert_cmpuint (client->close_code, ==, farewell->code);
  g_assert_nonnull (strstr (client->text->str, reason));
  g_assert_cmpint (client->stage, ==, CAP_STAGE_LISTEN);
  client_free (client);
}

static void
assert_left (RawServer *server, guint code, const char *reason, guint n_messages)
{
  Client *client = client_hear (server);

  g_assert_cmpuint (client->n_opened, ==, 1);
  g_assert_cmpuint (client->close_code, ==, code);
  g_assert_cmpuint (client->n_messages, ==, n_messages);
  g_assert_nonnull (strstr (client->text->str, reason));
  client_free (client);
}

static void
test_drop (void)
{
  g_autoptr (RawServer) server = raw_server_new ();

  server->hangs_up = TRUE;
  assert_left (server, 1006, "reason=(null)", 0);
}

static void
test_oversized_frame (void)
{
  g_autoptr (RawServer) server = raw_server_new ();
  g_autofree char *data = g_strnfill (256 * 1024 + 1, 'x');

  raw_server_frame (server, 0x81, data, 256 * 1024);
  raw_server_frame (server, 0x81, data, 256 * 1024 + 1);
  assert_left (server, 1008, "reason=a message of more than 256 KiB", 1);
}

static void
test_oversized_message (void)
{
  g_autoptr (RawServer) server = raw_server_new ();
  g_autofree char *data = g_strnfill (200 * 1024, 'x');

  raw_server_frame (server, 0x01, data, 200 * 1024);
  raw_server_frame (server, 0x80, data, 200 * 1024);
  assert_left (server, 1008, "reason=a message of more than 256 KiB", 0);
}

static void
test_binary (void)
{
  g_autoptr (RawServer) server = raw_server_new ();

  raw_server_frame (server, 0x82, "x", 1);
  assert_left (server, 1008, "reason=a binary message", 0);
}

static void
test_flood (void)
{
  g_autoptr (RawServer) server = raw_server_new ();

  for (guint i = 0; i < 600; i++)
    raw_server_frame (server, 0x81, "x", 1);
  assert_left (server, 1008, "reason=too many messages in a second", 500);
}

static void
test_bad_text (void)
{
  g_autoptr (RawServer) server = raw_server_new ();

  raw_server_frame (server, 0x81, "\xff", 1);
  assert_left (server, 1007, "reason=data that is not WebSocket", 0);
}

static void
test_silence (void)
{
  const CapPatience short_one = { 10 * 1000, 1000, 50, 1000 };
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (Client) client = client_new ();

  cap_realtime_connection_set_patience (client->connection, &short_one);
  client_open (client, server->url, NULL);
  wait_for (client->n_closed);
  g_assert_cmpuint (client->n_opened, ==, 1);
  g_assert_cmpuint (client->close_code, ==, 1006);
}

static void
test_close_that_nobody_answers (void)
{
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (Client) client = client_new ();

  client_open (client, server->url, NULL);
  wait_for (client->n_opened);
  cap_realtime_connection_close (client->connection);
  cap_realtime_connection_send (client->connection, "too late");
  g_assert_cmpuint (client->n_closed, ==, 0);
  wait_for (client->n_closed);
  g_assert_cmpuint (client->close_code, ==, 1006);
}

static void
test_close_while_opening (void)
{
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (Client) client = client_new ();

  client_open (client, server->url, NULL);
  cap_realtime_connection_close (client->connection);
  g_assert_cmpuint (client->n_closed, ==, 0);
  wait_for (client->n_closed);
  web_settle ();
  g_assert_cmpuint (client->n_opened, ==, 0);
  g_assert_cmpuint (client->n_closed, ==, 1);
}

/* dropping the connection */

/* Closes one iteration of the main loop later each time, until the connection opens first. */
static void
test_unref_while_opening (gconstpointer data)
{
  const WebKeys *keys = data;
  g_autoptr (WebServer) server = web_server_new (keys->certificate);
  g_autofree char *url = join (server, "/echo");
  gboolean came_open = FALSE;

  for (guint turns = 0; !came_open; turns++)
    {
      g_autoptr (Client) client = client_new ();

      client_open (client, url, keys->ca_file);
      for (guint i = 0; i < turns && client->n_opened == 0; i++)
        g_main_context_iteration (NULL, TRUE);
      came_open = client->n_opened > 0;
      g_clear_object (&client->connection);
      web_settle ();
      g_assert_cmpuint (client->n_opened, ==, came_open);
      g_assert_cmpuint (client->n_closed, ==, 0);
    }
}

static void
test_unref_when_opened (void)
{
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (Client) client = client_new ();

  raw_server_frame (server, 0x81, "x", 1);
  client->unref_when_opened = TRUE;
  client_open (client, server->url, NULL);
  wait_for (client->n_opened);
  web_settle ();
  g_assert_cmpuint (client->n_messages + client->n_closed, ==, 0);
}

static void
test_unref_when_told (gconstpointer data)
{
  gboolean closes = GPOINTER_TO_INT (data);
  g_autoptr (RawServer) server = raw_server_new ();
  g_autoptr (Client) client = client_new ();

  for (guint i = 0; i < 3; i++)
    raw_server_frame (server, closes ? 0x88 : 0x81, closes ? "\x03\xe8" : "ok", 2);
  client->unref_when_told = TRUE;
  client_open (client, server->url, NULL);
  wait_for (client->n_messages + client->n_closed);
  web_settle ();
  g_assert_cmpuint (client->n_messages + client->n_closed, ==, 1);
}

static void
test_unref_while_asking_why (void)
{
  g_autoptr (WebServer) server = web_server_new (NULL);
  g_autoptr (Client) client = client_new ();

  server->status[0] = server->status[1] = 404;
  client_open (client, server->url, NULL);
  wait_for (server->requests->len == 2);
  g_clear_object (&client->connection);
  web_settle ();
  g_assert_cmpuint (client->n_closed, ==, 0);
}

/* main */

static void
add_statuses (const char *path, GTestDataFunc func, const guint *statuses)
{
  for (gsize i = 0; statuses[i] != 0; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%u", path, statuses[i]);

      g_test_add_data_func (name, GUINT_TO_POINTER (statuses[i]), func);
    }
}

static void
add_refusals (void)
{
  static const guint refusals[] = { 400, 401, 403, 404, 429, 500, 503, 0 };
  static const guint changes[] = { 200, 302, 404, 500, 0 };
  static const guint redirects[] = { 301, 302, 303, 307, 308, 0 };

  add_statuses ("/refusal", test_refusal, refusals);
  add_statuses ("/refusal/then", test_refusal_that_changes, changes);
  g_test_add_func ("/refusal/retry-after-is-a-date", test_refusal_with_a_date);
  g_test_add_func ("/refusal/taken-back", test_refusal_that_is_taken_back);
  g_test_add_func ("/refusal/portal", test_portal);
  add_statuses ("/redirect", test_redirect, redirects);
  add_statuses ("/redirect/second-question", test_redirect_of_the_second_question, redirects);
}

static void
add_closes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (farewells); i++)
    {
      g_autofree char *name = g_strconcat ("/close/", farewells[i].name, NULL);

      g_test_add_data_func (name, &farewells[i], test_farewell);
    }
  g_test_add_func ("/close/dropped", test_drop);
  g_test_add_func ("/close/silence", test_silence);
  g_test_add_func ("/close/nobody-answers", test_close_that_nobody_answers);
  g_test_add_func ("/close/while-opening", test_close_while_opening);
  g_test_add_func ("/limit/frame", test_oversized_frame);
  g_test_add_func ("/limit/message-in-parts", test_oversized_message);
  g_test_add_func ("/limit/binary", test_binary);
  g_test_add_func ("/limit/flood", test_flood);
  g_test_add_func ("/limit/bad-text", test_bad_text);
}

int
main (int argc, char *argv[])
{
  g_auto (WebKeys) keys = { 0 };

  g_test_init (&argc, &argv, NULL);
  web_keys_make (&keys);

  g_test_add_func ("/open/echo", test_echo_without_encryption);
  g_test_add_data_func ("/open/echo-encrypted", &keys, test_echo_with_an_authority_of_ones_own);
  g_test_add_func ("/open/bearer-and-headers", test_bearer_and_headers);
  g_test_add_data_func ("/network/unknown-authority", &keys, test_unknown_authority);
  g_test_add_data_func ("/network/other-host", &keys, test_other_host);
  g_test_add_func ("/network/no-authority-file", test_no_authority_file);
  g_test_add_func ("/network/nobody-there", test_nobody_there);
  g_test_add_func ("/network/unknown-name", test_unknown_name);
  g_test_add_func ("/network/no-url", test_no_url);
  g_test_add_data_func ("/network/no-answer", "http", test_no_answer);
  g_test_add_data_func ("/network/no-tls-answer", "https", test_no_answer);
  add_refusals ();
  g_test_add_data_func ("/refusal/encrypted", &keys, test_refusal_encrypted);
  add_closes ();
  g_test_add_data_func ("/unref/while-opening", &keys, test_unref_while_opening);
  g_test_add_func ("/unref/when-opened", test_unref_when_opened);
  g_test_add_data_func ("/unref/in-message", GINT_TO_POINTER (FALSE), test_unref_when_told);
  g_test_add_data_func ("/unref/in-closed", GINT_TO_POINTER (TRUE), test_unref_when_told);
  g_test_add_func ("/unref/while-asking-why", test_unref_while_asking_why);

  return g_test_run ();
}
