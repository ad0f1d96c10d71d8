/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "protocol/connection-private.h"
#include "base/weak.h"
#include "dbus/error.h"
#include "protocol/backlog.h"

#include <string.h>

#define MAX_MESSAGE (256 * 1024)
#define MAX_BODY (64 * 1024)
#define MAX_PER_SECOND 500

static const CapPatience usual = {
  .open = CAP_OPEN_MS,
  .body = 5 * 1000,
  .silence = 10 * 1000,
  .check = 5 * 1000,
  .close = 3 * 1000,
};

typedef enum
{
  STATE_NEW,
  STATE_OPENING,
  STATE_READING, /* reads the reason of a refusal */
  STATE_OPEN,
  STATE_CLOSING, /* closed by us: ignores all messages */
  STATE_CLOSED,
} State;

/* struct */

struct _CapRealtimeConnection
{
  GObject parent_instance;

  State state;
  CapPatience patience;

  CapRequest *request;   /* NULL once it is open */
  CapDeadline *deadline; /* NULL once it is open */
  SoupWebsocketConnection *socket;
  GSocket *wire; /* the socket below it */
  CapRealtimeBacklog *backlog;
  GSource *ticks; /* fires with every ping */
  gboolean calling; /* inside a call into libsoup */

  CapAlarm *silence;
  CapAlarm *goodbye;
  CapEvidence evidence; /* collected for ::closed */

  gint64 arrivals[MAX_PER_SECOND]; /* a ring of the times of the last messages */
  guint64 n_messages;
};

/* signals */

enum
{
  SIGNAL_OPENED,
  SIGNAL_MESSAGE,
  SIGNAL_DRAINED,
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapRealtimeConnection, cap_realtime_connection, G_TYPE_OBJECT)

static void let_go (CapRealtimeConnection *self);
static void on_silence (gpointer user_data);
static void on_goodbye (gpointer user_data);

/* lifecycle */

static void
cap_realtime_connection_dispose (GObject *object)
{
  CapRealtimeConnection *self = CAP_REALTIME_CONNECTION (object);

  self->state = STATE_CLOSED;
  let_go (self);

  G_OBJECT_CLASS (cap_realtime_connection_parent_class)->dispose (object);
}

static void
cap_realtime_connection_finalize (GObject *object)
{
  CapRealtimeConnection *self = CAP_REALTIME_CONNECTION (object);

  cap_alarm_free (self->silence);
  cap_alarm_free (self->goodbye);
  cap_realtime_backlog_free (self->backlog);
  cap_evidence_clear (&self->evidence);

  G_OBJECT_CLASS (cap_realtime_connection_parent_class)->finalize (object);
}

static void
cap_realtime_connection_init (CapRealtimeConnection *self)
{
  self->patience = usual;
  self->backlog = cap_realtime_backlog_new ();
  self->silence = cap_alarm_new ("silence of a service", on_silence, self);
  self->goodbye = cap_alarm_new ("goodbye of a service", on_goodbye, self);
}

static guint
add_signal (const char *name, guint n_params, GType first, GType second)
{
  return g_signal_new (name, CAP_TYPE_REALTIME_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, first, second);
}

static void
cap_realtime_connection_class_init (CapRealtimeConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_realtime_connection_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_realtime_connection_finalize;

  signals[SIGNAL_OPENED] = add_signal ("opened", 0, G_TYPE_NONE, G_TYPE_NONE);
  signals[SIGNAL_MESSAGE] =
    add_signal ("message", 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_UINT64);
  signals[SIGNAL_DRAINED] = add_signal ("drained", 0, G_TYPE_NONE, G_TYPE_NONE);
  signals[SIGNAL_CLOSED] = add_signal ("closed", 1, G_TYPE_POINTER, G_TYPE_NONE);
}

/* private methods */

/* The object, or NULL if it is gone or has left @state. */
static CapRealtimeConnection *
weak_take (GWeakRef *weak, State state)
{
  g_autoptr (CapRealtimeConnection) self = cap_weak_take (weak);

  return self != NULL && self->state == state ? g_steal_pointer (&self) : NULL;
}

static void
stop_ticks (CapRealtimeConnection *self)
{
  if (self->ticks != NULL)
    g_source_destroy (self->ticks);
  g_clear_pointer (&self->ticks, g_source_unref);
}

/* Closing the TLS stream waits until libsoup has sent its queue, which never ends if
 * the server reads nothing. */
static void
cut_wire (CapRealtimeConnection *self)
{
  if (self->wire != NULL && !g_socket_is_closed (self->wire))
    g_socket_shutdown (self->wire, TRUE, TRUE, NULL);
  g_clear_object (&self->wire);
}

static void
let_go (CapRealtimeConnection *self)
{
  cap_alarm_clear (self->silence);
  cap_alarm_clear (self->goodbye);
  stop_ticks (self);
  cut_wire (self);
  if (self->deadline != NULL)
    g_cancellable_cancel (cap_deadline_get_cancellable (self->deadline));
  g_clear_pointer (&self->deadline, cap_deadline_free);
  g_clear_pointer (&self->request, cap_request_free);
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  /* This closes the stream too. */
  g_clear_object (&self->socket);
}

static void
finish (CapRealtimeConnection *self)
{
  g_auto (CapEvidence) evidence = self->evidence;

  memset (&self->evidence, 0, sizeof self->evidence);
  self->state = STATE_CLOSED;
  let_go (self);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, &evidence);
}

static void
finish_with (CapRealtimeConnection *self, guint code, const char *reason)
{
  cap_evidence_clear (&self->evidence);
  self->evidence.stage = CAP_STAGE_LISTEN;
  self->evidence.close_code = code;
  self->evidence.close_reason = reason != NULL ? cap_redact (reason) : NULL;
  finish (self);
}

/* With the server's close code and reason, if it sent any. */
static void
finish_as_said (CapRealtimeConnection *self)
{
  guint code = soup_websocket_connection_get_close_code (self->socket);
  const char *reason = soup_websocket_connection_get_close_data (self->socket);

  if (code == 0)
    finish_with (self, SOUP_WEBSOCKET_CLOSE_ABNORMAL, NULL);
  else
    finish_with (self, code, reason != NULL && *reason != '\0' ? reason : NULL);
}

/* The server broke the protocol or a limit of ours. @code is therefore ours, and no
 * verdict on the key or the account. */
static void
finish_with_breach (CapRealtimeConnection *self, guint code, const char *what)
{
  cap_evidence_clear (&self->evidence);
  self->evidence.stage = CAP_STAGE_LISTEN;
  self->evidence.close_code = code;
  self->evidence.close_reason = g_strdup (what);
  self->evidence.network = g_error_new (CAP_ERROR, CAP_ERROR_PROTOCOL_ERROR,
                                        "The server sent %s, which no speech service does, so captiond "
                                        "closed the connection. Check that the URL is that of a realtime "
                                        "service.",
                                        what);
  finish (self);
}

static void
leave (CapRealtimeConnection *self, const char *reason)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, reason);
  finish_with_breach (self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, reason);
}

/* Whether more than MAX_PER_SECOND messages arrived within a second. */
static gboolean
is_flood (CapRealtimeConnection *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 *arrival = &self->arrivals[self->n_messages++ % MAX_PER_SECOND];
  gboolean flood = self->n_messages > MAX_PER_SECOND && now - *arrival < G_TIME_SPAN_SECOND;

  *arrival = now;
  return flood;
}

/* callbacks: open */

static void
on_message (CapRealtimeConnection *self, SoupWebsocketDataType type, GBytes *message)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);

  if (self->state != STATE_OPEN)
    return;

  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    leave (self, "a binary message");
  else if (length > MAX_MESSAGE)
    leave (self, "a message of more than 256 KiB");
  else if (is_flood (self))
    leave (self, "too many messages in a second");
  else
    {
      cap_alarm_set (self->silence, self->patience.silence);
      g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, text != NULL ? text : "", (guint64) length);
    }
}

/* libsoup up to 3.6 passes a GByteArray instead of the documented GBytes. Both begin
 * with the pointer to the data, which libsoup terminates with a 0. */
static void
on_pong (CapRealtimeConnection *self, gpointer payload)
{
  const char *text = (const char *) ((GByteArray *) payload)->data;

  if (self->state != STATE_OPEN)
    return;

  cap_alarm_set (self->silence, self->patience.silence);
  if (cap_realtime_backlog_pong (self->backlog, text != NULL ? text : ""))
    g_signal_emit (self, signals[SIGNAL_DRAINED], 0);
}

static gboolean
on_tick (gpointer user_data)
{
  CapRealtimeConnection *self = user_data;

  cap_realtime_backlog_ping (self->backlog);
  return G_SOURCE_CONTINUE;
}

/* libsoup may report a broken connection during a call to send. This postpones
 * ::closed, so that the caller still exists when the call returns. */
static gboolean
is_put_off (CapRealtimeConnection *self)
{
  if (self->calling)
    cap_alarm_set (self->goodbye, 0);

  return self->calling;
}

static void
on_error (CapRealtimeConnection *self, const GError *error)
{
  if (is_put_off (self))
    return;

  /* libsoup reports a close frame with an unknown code as an error. */
  if (soup_websocket_connection_get_close_code (self->socket) != 0
      || error->domain != SOUP_WEBSOCKET_ERROR)
    finish_as_said (self);
  else if (error->code == SOUP_WEBSOCKET_CLOSE_TOO_BIG)
    finish_with_breach (self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "a message of more than 256 KiB");
  else
    finish_with_breach (self, error->code, "data that is not WebSocket");
}

/* Either side has sent a close frame. The server may be slow to close after that. */
static void
on_closing (CapRealtimeConnection *self)
{
  cap_alarm_clear (self->silence);
  stop_ticks (self);
  cap_alarm_ensure (self->goodbye, self->patience.close);
}

static void
on_closed (CapRealtimeConnection *self)
{
  if (!is_put_off (self))
    finish_as_said (self);
}

static void
on_goodbye (gpointer user_data)
{
  CapRealtimeConnection *self = user_data;

  if (self->socket != NULL)
    finish_as_said (self);
  else
    finish (self);
}

static void
on_silence (gpointer user_data)
{
  finish_with (user_data, SOUP_WEBSOCKET_CLOSE_ABNORMAL, NULL);
}

static void
set_limits (SoupWebsocketConnection *socket)
{
  static const char *total = "max-total-message-size";

  soup_websocket_connection_set_max_incoming_payload_size (socket, MAX_MESSAGE);
  /* libsoup before 3.8 joins the fragments of a message without a limit. There
   * on_message() refuses long messages only once they are complete, and only the
   * systemd unit limits the memory. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (socket), total) != NULL)
    g_object_set (socket, total, (guint64) MAX_MESSAGE, NULL);
}

/* libsoup does not report that it sends a ping, but uses a timeout source like this
 * one. GLib aligns timeouts of whole seconds, so both fire in the same iteration of the
 * main loop, and there are as many ticks as pings. */
static void
start_pings (CapRealtimeConnection *self)
{
  soup_websocket_connection_set_keepalive_interval (self->socket, CAP_KEEPALIVE_SECONDS);
  self->ticks = g_timeout_source_new_seconds (CAP_KEEPALIVE_SECONDS);
  g_source_set_static_name (self->ticks, "pings of a service");
  g_source_set_callback (self->ticks, on_tick, self, NULL);
  g_source_attach (self->ticks, g_main_context_get_thread_default ());
}

static void
opened (CapRealtimeConnection *self, SoupWebsocketConnection *socket)
{
  self->wire = g_steal_pointer (&self->request->socket);
  g_clear_pointer (&self->deadline, cap_deadline_free);
  g_clear_pointer (&self->request, cap_request_free);

  self->socket = g_object_ref (socket);
  set_limits (socket);
  start_pings (self);
  g_signal_connect_swapped (socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect_swapped (socket, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect_swapped (socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect_swapped (socket, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect_swapped (socket, "closed", G_CALLBACK (on_closed), self);

  self->state = STATE_OPEN;
  cap_alarm_set (self->silence, self->patience.silence);
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

/* callbacks: opening */

static void
on_reason (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char *body = cap_request_send_finish (result, NULL);
  g_autoptr (CapRealtimeConnection) self = weak_take (user_data, STATE_READING);

  if (self != NULL)
    {
      guint status = soup_message_get_status (self->request->message);

      if (body != NULL && status == self->evidence.status)
        self->evidence.error = cap_service_error_parse (body, strlen (body));
      finish (self);
    }
  cap_body_free (body);
}

/* libsoup does not give access to the body of a refused handshake, so this sends the
 * request again. It must be the same SoupMessage because libsoup keeps that one from
 * becoming HTTP/2, where the answer would differ. */
static void
ask_for_reason (CapRealtimeConnection *self)
{
  self->state = STATE_READING;
  g_clear_pointer (&self->deadline, cap_deadline_free);
  self->deadline = cap_deadline_new (NULL, self->patience.body);
  /* The server may accept the second handshake; then no body follows. */
  g_signal_connect_object (self->request->message, "got-informational",
                           G_CALLBACK (g_cancellable_cancel), cap_deadline_get_cancellable (self->deadline),
                           G_CONNECT_SWAPPED);
  cap_request_send_async (self->request, MAX_BODY, cap_deadline_get_cancellable (self->deadline), on_reason,
                          cap_weak_new (self));
}

static void
refused (CapRealtimeConnection *self, const GError *error)
{
  cap_request_get_evidence (self->request, error, cap_deadline_is_over (self->deadline), CAP_STAGE_HANDSHAKE,
                            &self->evidence);
  if (cap_evidence_has_reason (&self->evidence))
    ask_for_reason (self);
  else
    finish (self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) socket =
    soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  g_autoptr (CapRealtimeConnection) self = weak_take (user_data, STATE_OPENING);

  if (self == NULL)
    return;
  if (socket != NULL)
    opened (self, socket);
  else
    refused (self, error);
}

static void
on_authority (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = cap_authority_load_finish (result, &error);
  g_autoptr (CapRealtimeConnection) self = weak_take (user_data, STATE_OPENING);

  if (self == NULL)
    return;
  if (error != NULL)
    {
      refused (self, error);
      return;
    }
  if (database != NULL)
    soup_session_set_tls_database (self->request->session, database);
  soup_session_websocket_connect_async (self->request->session, self->request->message, NULL, NULL,
                                        G_PRIORITY_DEFAULT, cap_deadline_get_cancellable (self->deadline),
                                        on_connected, cap_weak_new (self));
}

/* public methods */

CapRealtimeConnection *
cap_realtime_connection_new (void)
{
  return g_object_new (CAP_TYPE_REALTIME_CONNECTION, NULL);
}

void
cap_realtime_connection_set_patience (CapRealtimeConnection *self, const CapPatience *patience)
{
  g_return_if_fail (CAP_IS_REALTIME_CONNECTION (self));
  g_return_if_fail (patience != NULL);

  self->patience = *patience;
}

const CapPatience *
cap_realtime_connection_get_patience (CapRealtimeConnection *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_CONNECTION (self), NULL);

  return &self->patience;
}

void
cap_realtime_connection_open (CapRealtimeConnection *self, const CapEndpoint *endpoint)
{
  g_return_if_fail (CAP_IS_REALTIME_CONNECTION (self));
  g_return_if_fail (endpoint != NULL);
  g_return_if_fail (self->state == STATE_NEW);

  self->state = STATE_OPENING;
  self->request = cap_request_new (SOUP_METHOD_GET, endpoint, &self->evidence.network);
  if (self->request == NULL)
    {
      cap_alarm_set (self->goodbye, 0);
      return;
    }
  self->deadline = cap_deadline_new (NULL, self->patience.open);
  cap_authority_load_async (self->request->ca_file, cap_deadline_get_cancellable (self->deadline),
                            on_authority, cap_weak_new (self));
}

void
cap_realtime_connection_send (CapRealtimeConnection *self, const char *text)
{
  g_return_if_fail (CAP_IS_REALTIME_CONNECTION (self));
  g_return_if_fail (text != NULL);

  if (self->state != STATE_OPEN
      || soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;

  cap_realtime_backlog_add (self->backlog, strlen (text));
  self->calling = TRUE;
  soup_websocket_connection_send_text (self->socket, text);
  self->calling = FALSE;
}

guint64
cap_realtime_connection_get_unread (CapRealtimeConnection *self)
{
  g_return_val_if_fail (CAP_IS_REALTIME_CONNECTION (self), 0);

  return self->state == STATE_OPEN ? cap_realtime_backlog_get (self->backlog) : 0;
}

void
cap_realtime_connection_check (CapRealtimeConnection *self)
{
  g_return_if_fail (CAP_IS_REALTIME_CONNECTION (self));

  if (self->state == STATE_OPEN)
    cap_alarm_shorten (self->silence, self->patience.check);
}

void
cap_realtime_connection_close (CapRealtimeConnection *self)
{
  State before;

  g_return_if_fail (CAP_IS_REALTIME_CONNECTION (self));

  before = self->state;
  if (before == STATE_NEW || before >= STATE_CLOSING)
    return;

  self->state = STATE_CLOSING;
  cap_alarm_clear (self->silence);
  cap_alarm_set (self->goodbye, before == STATE_OPEN ? self->patience.close : 0);
  if (before != STATE_OPEN)
    g_clear_pointer (&self->deadline, cap_deadline_free);
  else if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    {
      self->calling = TRUE;
      soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      self->calling = FALSE;
    }
}
