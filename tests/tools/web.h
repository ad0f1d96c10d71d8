/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Servers for tests of network code. They run on this machine, mostly in the main
 * context, with certificates that each test creates. */

#pragma once

#include <libsoup/soup.h>

#define wait_for(condition)                  \
  G_STMT_START                               \
  {                                          \
    while (!(condition))                     \
      g_main_context_iteration (NULL, TRUE); \
  }                                          \
  G_STMT_END

/* Runs the main context until it has nothing left to do. */
void web_settle (void);

/* A certificate authority, and certificates that it signed. */
typedef struct
{
  char *folder;
  char *ca_file;
  GTlsCertificate *certificate;  /* for localhost, 127.0.0.1, captions.test */
  GTlsCertificate *of_elsewhere; /* for elsewhere.test */
} WebKeys;

void web_keys_make (WebKeys *self);
void web_keys_clear (WebKeys *self);

/* An HTTP server with fixed answers. /echo is a WebSocket. */
typedef struct
{
  SoupServer *soup;
  guint port;
  char *url; /* without a path */

  guint status[2];            /* of the first answer and of all others */
  const char *headers[8];     /* name, value, … for all answers */
  const char *body;
  GPtrArray *requests;        /* method, path and headers of each request */
  guint log_id;
} WebServer;

WebServer *web_server_new (GTlsCertificate *certificate);
void web_server_free (WebServer *self);

/* A server of raw bytes: it counts connections, completes the WebSocket handshake and
 * sends @frames; or it stays silent. */
typedef struct
{
  GSocketService *service;
  guint port;
  char *url;
  guint n_connections;
  GPtrArray *streams;

  gboolean mute;
  gboolean hangs_up; /* after it has sent everything */
  gboolean refuses_first;
  GBytes *frames;
} RawServer;

RawServer *raw_server_new (void);
void raw_server_free (RawServer *self);
/* @first: the first byte of the frame. */
void raw_server_frame (RawServer *self, guint8 first, const void *data, gsize length);
void raw_server_close_frame (RawServer *self, guint16 code, const char *reason);

/* Completes the TLS handshake and counts the bytes after it. A SoupServer would not do:
 * that of libsoup 3.6 disconnects twice if a test closes a connection before its first
 * request. */
typedef struct
{
  GSocketService *service;
  guint port;
  char *url;
  GTlsCertificate *certificate;
  GPtrArray *streams;
  gsize n_heard; /* bytes received */
} TlsServer;

TlsServer *tls_server_new (GTlsCertificate *certificate);
void tls_server_free (TlsServer *self);

/* A proxy that answers @refusal, or connects every client to 127.0.0.1:@to. */
typedef struct
{
  GSocketService *service;
  guint port;
  char *url;
  guint to;
  const char *refusal;
  GMutex lock;
  GString *heard;
} ProxyServer;

ProxyServer *proxy_server_new (guint to, const char *refusal);
void proxy_server_free (ProxyServer *self);

/* A relay between clients and 127.0.0.1:@to. It can stop reading from the clients. */
typedef struct
{
  GSocketService *service;
  guint port;
  guint to;
  GPtrArray *lanes;
  gboolean held;
  gsize n_passed; /* bytes from the clients */
} Relay;

Relay *relay_new (guint to);
void relay_free (Relay *self);
/* Stops reading from the clients, and keeps the connections open. */
void relay_hold (Relay *self);
void relay_release (Relay *self);
/* Closes the connections to the clients, with their data unread. */
void relay_cut (Relay *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WebKeys, web_keys_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebServer, web_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawServer, raw_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsServer, tls_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProxyServer, proxy_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)
