/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/fault.h"
#include "providers/provider.h"
#include "providers/secret.h"

G_BEGIN_DECLS

/* How a service is reached and who we say we are. */
typedef struct
{
  const char *url;         /* http or https: with the query */
  CapAuth auth;            /* NONE, BEARER or API_KEY */
  CapSecret *secret;       /* or NULL */
  const char *ca_file;     /* PEM file of an authority of one's own, or empty */
  const char *const *headers; /* name, value, …, NULL; or NULL */
} CapEndpoint;

/* One WebSocket. The only files that know libsoup are realtime-connection*.c.
 *
 * No redirect is followed. TLS errors are final. The proxy is the desktop's.
 * Messages are text, at most 256 KiB, and at most 500 in a second; a server
 * that sends more is left. A refused handshake is asked once more over plain
 * HTTP for its body, which holds the reason.
 *
 * A server is pinged every second. One that has sent nothing for 10 seconds,
 * no answer to a ping either, is gone, as is one whose kernel has not taken
 * what was sent in that time.
 *
 * Signals, from the main context:
 *  ::opened ()
 *  ::message (const char *text, guint64 length)
 *  ::drained ()                     get_unread() is less than it was
 *  ::closed (const CapEvidence *)   once, and the last; also after a failure
 *                                   to open, and never from inside of send()
 *                                   or close(). Its stage is CONNECT, HANDSHAKE
 *                                   or LISTEN
 */
#define CAP_TYPE_REALTIME_CONNECTION (cap_realtime_connection_get_type ())
G_DECLARE_FINAL_TYPE (CapRealtimeConnection, cap_realtime_connection, CAP, REALTIME_CONNECTION, GObject)

CapRealtimeConnection *cap_realtime_connection_new (void);

/* Once. Copies what it needs of @endpoint and gives the secret back when the
 * handshake is over. */
void cap_realtime_connection_open (CapRealtimeConnection *self, const CapEndpoint *endpoint);

/* Nothing happens when it is not open. */
void cap_realtime_connection_send (CapRealtimeConnection *self, const char *text);

/* Bytes given to send() that the server has not shown, by answering a ping, to
 * have read: all of them before the first answer. Errs by up to two seconds'
 * worth, never to the other side. 0 when it is not open. */
guint64 cap_realtime_connection_get_unread (CapRealtimeConnection *self);

/* The network has changed: a server that can still be reached answers the next
 * ping, and one that does not within 5 seconds is gone. Never makes waiting
 * longer. Nothing happens when it is not open. */
void cap_realtime_connection_check (CapRealtimeConnection *self);

/* Says goodbye (1000), and drops the connection if the server does not within
 * 3 seconds. ::closed follows. Unreferencing it without this drops it at
 * once, and silently. */
void cap_realtime_connection_close (CapRealtimeConnection *self);

/* Sends @json as POST and reads the answer: what minting needs. On success
 * (2xx) *@body holds at most 256 KiB, overwritten by cap_body_free(). Otherwise
 * FALSE with *@evidence filled (stage MINT or CONNECT). */
void cap_realtime_connection_post_async (const CapEndpoint *endpoint,
                                         const char *json,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean cap_realtime_connection_post_finish (GAsyncResult *result,
                                              char **body,
                                              CapEvidence *evidence);
void cap_body_free (char *body);

/* Steps of the way there, for the doctor: resolves the host of @url, connects
 * and shakes hands with TLS, sends nothing. FALSE with *@evidence. */
void cap_realtime_connection_probe_async (const CapEndpoint *endpoint,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/* *@address: the address reached, for people; also for a failure after the
 * name was resolved. */
gboolean cap_realtime_connection_probe_finish (GAsyncResult *result,
                                               char **address,
                                               CapEvidence *evidence);

G_END_DECLS
