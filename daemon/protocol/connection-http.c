/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* HTTP requests, and the evidence in their answers. */

#include "base/network.h"
#include "dbus/error.h"
#include "protocol/connection-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_AUTHORITY (1024 * 1024) /* bytes; the authorities of a distribution take a quarter */
#define USER_AGENT "captiond/" CAPTIOND_VERSION
#define MAX_RETRY_AFTER ((gint64) 24 * 60 * 60)

/* authority */

/* GLib would read a device to the end of memory, and wait for the writer of a pipe. */
static gboolean
check_authority (const char *path, GError **error)
{
  struct stat info;

  if (stat (path, &info) != 0)
    g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (errno), g_strerror (errno));
  else if (!S_ISREG (info.st_mode))
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "It is not a regular file");
  else if (info.st_size > MAX_AUTHORITY)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "It is larger than 1 MiB");
  else
    return TRUE;

  return FALSE;
}

static void
load_authority (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GTlsDatabase *database = check_authority (data, &error) ? g_tls_file_database_new (data, &error) : NULL;

  if (database != NULL)
    {
      g_task_return_pointer (task, database, g_object_unref);
      return;
    }
  g_task_return_new_error (task, CAP_ERROR, CAP_ERROR_TLS_FAILED,
                           "captiond cannot use the ca-file %s: %s. Set the PEM file of the authority that "
                           "signed the server's certificate.", (const char *) data, error->message);
  g_error_free (error);
}

void
cap_authority_load_async (const char *ca_file,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  if (ca_file == NULL || *ca_file == '\0')
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  g_task_set_task_data (task, g_strdup (ca_file), g_free);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, load_authority);
}

GTlsDatabase *
cap_authority_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* request */

/* Without TCP_USER_TIMEOUT the kernel would retry unacknowledged data for a quarter of
 * an hour before it reports that the peer is gone. */
static void
set_up_socket (GSocket *socket)
{
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, CAP_USER_TIMEOUT_MS, NULL);
}

static void
on_network_event (CapRequest *self, GSocketClientEvent event, GIOStream *connection)
{
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_TCP_CONNECTION (connection))
    {
      g_set_object (&self->socket, g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection)));
      set_up_socket (self->socket);
    }
  else if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED)
    self->encrypted = TRUE;
  else if (event == G_SOCKET_CLIENT_COMPLETE)
    self->connected = TRUE;
}

static SoupSession *
session_new (void)
{
  g_autoptr (GProxyResolver) resolver = cap_proxy_resolver_new ();
  SoupSession *session = soup_session_new ();

  soup_session_set_proxy_resolver (session, resolver);
  soup_session_set_timeout (session, 0); /* CapDeadline limits the time */
  soup_session_set_user_agent (session, USER_AGENT);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_SNIFFER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

static void
set_credential (SoupMessageHeaders *headers, const CapEndpoint *endpoint)
{
  g_autofree char *value = NULL;

  if (endpoint->secret == NULL)
    return;
  if (endpoint->auth == CAP_AUTH_API_KEY)
    {
      soup_message_headers_replace (headers, "api-key", cap_secret_peek (endpoint->secret));
    }
  else if (endpoint->auth == CAP_AUTH_BEARER || endpoint->auth == CAP_AUTH_TOKEN_COMMAND)
    {
      value = g_strconcat ("Bearer ", cap_secret_peek (endpoint->secret), NULL);
      soup_message_headers_replace (headers, "Authorization", value);
      explicit_bzero (value, strlen (value));
    }
}

CapRequest *
cap_request_new (const char *method, const CapEndpoint *endpoint, GError **error)
{
  g_autoptr (SoupMessage) message = NULL;
  SoupMessageHeaders *headers;
  CapRequest *self;

  g_return_val_if_fail (method != NULL, NULL);
  g_return_val_if_fail (endpoint != NULL && endpoint->url != NULL, NULL);

  message = soup_message_new (method, endpoint->url);
  if (message == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "The address of the service is not an http or https URL.");
      return NULL;
    }

  headers = soup_message_get_request_headers (message);
  for (gsize i = 0; endpoint->headers != NULL && endpoint->headers[i] != NULL; i += 2)
    soup_message_headers_append (headers, endpoint->headers[i], endpoint->headers[i + 1]);
  set_credential (headers, endpoint);
  /* A redirect could send the key and the speech to another host. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_disable_feature (message, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);

  self = g_new0 (CapRequest, 1);
  self->session = session_new ();
  self->message = g_steal_pointer (&message);
  self->ca_file = g_strdup (endpoint->ca_file);
  g_signal_connect_swapped (self->message, "network-event", G_CALLBACK (on_network_event), self);
  return self;
}

void
cap_request_free (CapRequest *self)
{
  g_return_if_fail (self != NULL);

  g_signal_handlers_disconnect_by_data (self->message, self);
  g_object_unref (self->message);
  g_object_unref (self->session);
  g_clear_object (&self->socket);
  g_free (self->ca_file);
  g_free (self);
}

/* evidence */

static char *
get_header (SoupMessageHeaders *headers, const char *name)
{
  const char *value = soup_message_headers_get_one (headers, name);

  return value != NULL ? cap_redact (value) : NULL;
}

/* Seconds, or a date. */
static guint
get_retry_after (SoupMessageHeaders *headers)
{
  const char *value = soup_message_headers_get_one (headers, "Retry-After");
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GDateTime) date = NULL;
  guint64 seconds;

  if (value == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, &seconds, NULL))
    return MIN (seconds, MAX_RETRY_AFTER);

  date = soup_date_time_new_from_http_string (value);
  now = g_date_time_new_now_utc ();
  if (date == NULL || now == NULL)
    return 0;
  /* Rounded up because the date has no fractions. */
  return CLAMP (g_date_time_difference (date, now) / G_TIME_SPAN_SECOND + 1, 0, MAX_RETRY_AFTER);
}

static void
get_headers (SoupMessage *message, CapEvidence *evidence)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  evidence->request_id = get_header (headers, "apim-request-id");
  if (evidence->request_id == NULL)
    evidence->request_id = get_header (headers, "x-request-id");
  evidence->region = get_header (headers, "x-ms-region");
  evidence->location = get_header (headers, "Location");
  evidence->retry_after = get_retry_after (headers);
}

/* libsoup passes on a proxy's answer to CONNECT as if it came from the service. An
 * answer before encryption cannot come from the service. */
static gboolean
is_by_proxy (CapRequest *self, guint status)
{
  const char *scheme = g_uri_get_scheme (soup_message_get_uri (self->message));
  gboolean tunnelled = g_str_equal (scheme, "https") || g_str_equal (scheme, "wss");

  return status == SOUP_STATUS_PROXY_UNAUTHORIZED || (status != 0 && tunnelled && !self->encrypted);
}

static gboolean
is_proxy_error (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED);
}

void
cap_request_get_evidence (CapRequest *self,
                          const GError *error,
                          gboolean expired,
                          CapStage answered,
                          CapEvidence *evidence)
{
  guint status;

  g_return_if_fail (self != NULL);
  g_return_if_fail (evidence != NULL);

  memset (evidence, 0, sizeof *evidence);
  status = soup_message_get_status (self->message);
  evidence->status = status;
  evidence->by_proxy = is_by_proxy (self, status) || is_proxy_error (error);
  evidence->stage = self->connected && !evidence->by_proxy ? answered : CAP_STAGE_CONNECT;

  if (status != 0)
    get_headers (self->message, evidence);
  else if (expired)
    evidence->timed_out = TRUE;
  else if (error != NULL)
    evidence->network = g_error_copy (error);
}

/* The answers of proxies, redirects and login pages contain no reason. */
gboolean
cap_evidence_has_reason (const CapEvidence *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->status >= SOUP_STATUS_BAD_REQUEST && !self->by_proxy;
}

/* answer */

typedef struct
{
  SoupMessage *message;
  char *buffer;
  gsize limit;
} Answer;

static void
answer_free (Answer *self)
{
  if (self->buffer != NULL)
    explicit_bzero (self->buffer, self->limit + 1);
  g_free (self->buffer);
  g_object_unref (self->message);
  g_free (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Answer *answer = g_task_get_task_data (task);
  GError *error = NULL;
  gsize n_read;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n_read, &error))
    g_task_return_error (task, error);
  else if (n_read > answer->limit)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                             "The service sent an answer that is too long.");
  else
    g_task_return_pointer (task, g_strndup (answer->buffer, n_read), (GDestroyNotify) cap_body_free);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Answer *answer = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  answer->buffer = g_malloc0 (answer->limit + 1);
  g_input_stream_read_all_async (stream, answer->buffer, answer->limit + 1, G_PRIORITY_DEFAULT,
                                 g_task_get_cancellable (task), on_read, g_object_ref (task));
}

static gboolean
on_turn (gpointer user_data)
{
  GTask *task = user_data;
  Answer *answer = g_task_get_task_data (task);

  soup_session_send_async (g_task_get_source_object (task), answer->message, G_PRIORITY_DEFAULT,
                           g_task_get_cancellable (task), on_sent, g_object_ref (task));
  return G_SOURCE_REMOVE;
}

void
cap_request_send_async (CapRequest *self,
                        gsize limit,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GSource) turn = NULL;
  Answer *answer;

  g_return_if_fail (self != NULL);

  task = g_task_new (self->session, cancellable, callback, user_data);
  turn = g_timeout_source_new (0);
  answer = g_new0 (Answer, 1);
  answer->message = g_object_ref (self->message);
  answer->limit = limit;
  g_task_set_task_data (task, answer, (GDestroyNotify) answer_free);
  self->connected = self->encrypted = FALSE;
  /* While libsoup reports a refused message, it still has the message in its queue, and
   * would not accept it again. */
  g_task_attach_source (task, turn, on_turn);
}

char *
cap_request_send_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
cap_body_free (char *body)
{
  if (body != NULL)
    explicit_bzero (body, strlen (body));
  g_free (body);
}
