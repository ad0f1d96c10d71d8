/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/fault.h"
#include "providers/provider.h"
#include "providers/secret.h"

G_BEGIN_DECLS

/* The address of a service, and the credential for it. */
typedef struct
{
  const char *url;         /* http or https, with the query */
  CapAuth auth;            /* NONE, BEARER or API_KEY */
  CapSecret *secret;       /* or NULL */
  const char *ca_file;     /* PEM file of the user's own certificate authority,
                            * or empty */
  const char *const *headers; /* name, value, …, NULL; or NULL */
} CapEndpoint;

/* One WebSocket. Only the files connection*.c use libsoup.
 *
 * It follows no redirect, accepts no TLS error, and uses the proxy of the desktop.
 * Messages are text of at most 256 KiB, and at most 500 in a second; it closes the
 * connection to a server that exceeds this. After a refused handshake it repeats the
 * request as plain HTTP, because the body of the answer holds the reason.
 *
 * It pings the server every second. The connection counts as lost when the server has
 * sent nothing for 10 seconds, not even a pong, and when the server's kernel has not
 * acknowledged sent data in that time.
 *
 * Signals, in the main context:
 *  ::opened ()
 *  ::message (const char *text, guint64 length)
 *  ::drained ()                     get_unread() has become smaller
 *  ::closed (const CapEvidence *)   the last signal, once; also after a failure to
 *                                   open, but never during send() or close(). Its
 *                                   stage is CONNECT, HANDSHAKE or LISTEN
 */
#define CAP_TYPE_REALTIME_CONNECTION (cap_realtime_connection_get_type ())
G_DECLARE_FINAL_TYPE (CapRealtimeConnection, cap_realtime_connection, CAP, REALTIME_CONNECTION, GObject)

CapRealtimeConnection *cap_realtime_connection_new (void);

/* Call it once. Copies @endpoint, and drops the secret after the handshake. */
void cap_realtime_connection_open (CapRealtimeConnection *self, const CapEndpoint *endpoint);

/* Does nothing unless the connection is open. */
void cap_realtime_connection_send (CapRealtimeConnection *self, const char *text);

/* The bytes given to send() that the server has not read, as the answers to pings
 * show. May overstate by up to two seconds of data, never understates. 0 unless the
 * connection is open. */
guint64 cap_realtime_connection_get_unread (CapRealtimeConnection *self);

/* Call this after a change of the network. The connection counts as lost unless the
 * server answers a ping within 5 seconds; this never extends the wait. Does nothing
 * unless the connection is open. */
void cap_realtime_connection_check (CapRealtimeConnection *self);

/* Sends a close frame (1000), and drops the connection unless the server answers it
 * within 3 seconds. ::closed follows. Dropping the last reference instead drops the
 * connection at once, without a signal. */
void cap_realtime_connection_close (CapRealtimeConnection *self);

/* Sends @json as POST and reads the answer, to request a client secret. On success
 * (2xx) sets *@body, at most 256 KiB; free it with cap_body_free(), which overwrites
 * it. Otherwise returns FALSE and fills *@evidence (stage MINT or CONNECT). */
void cap_realtime_connection_post_async (const CapEndpoint *endpoint,
                                         const char *json,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean cap_realtime_connection_post_finish (GAsyncResult *result,
                                              char **body,
                                              CapEvidence *evidence);
void cap_body_free (char *body);

/* For the doctor: resolves the host of the endpoint, connects and performs the TLS
 * handshake, but sends no request. */
void cap_realtime_connection_probe_async (const CapEndpoint *endpoint,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/* *@address: the IP address as text; also after a failure, if the name was resolved.
 * FALSE with *@evidence filled if the probe failed. */
gboolean cap_realtime_connection_probe_finish (GAsyncResult *result,
                                               char **address,
                                               CapEvidence *evidence);

G_END_DECLS
