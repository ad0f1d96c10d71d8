/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Servers for the tests of what speaks to services: on this machine, in the
 * main context, with certificates that are made anew each time. */

#pragma once

#include <libsoup/soup.h>

#define wait_for(condition)                  \
  G_STMT_START                               \
  {                                          \
    while (!(condition))                     \
      g_main_context_iteration (NULL, TRUE); \
  }                                          \
  G_STMT_END

/* Until nothing is left to do. */
void web_settle (void);

/* An authority, and what it signed. */
typedef struct
{
  char *folder;
  char *ca_file;
  GTlsCertificate *certificate;  /* localhost, 127.0.0.1, captions.test */
  GTlsCertificate *of_elsewhere; /* elsewhere.test */
} WebKeys;

void web_keys_make (WebKeys *self);
void web_keys_clear (WebKeys *self);

/* Answers with what it is told to. /echo is a WebSocket. */
typedef struct
{
  SoupServer *soup;
  guint port;
  char *url; /* without a path */

  guint status[2];            /* to the first request and to the others */
  const char *headers[8];     /* name, value, … of all answers */
  const char *body;
  GPtrArray *requests;        /* method, path and headers, as one text each */
  guint log_id;
} WebServer;

WebServer *web_server_new (GTlsCertificate *certificate);
void web_server_free (WebServer *self);

/* A server of bytes: counts who comes; shakes hands and sends what it is told
 * to, and nothing else; or keeps silent. */
typedef struct
{
  GSocketService *service;
  guint port;
  char *url;
  guint n_connections;
  GPtrArray *streams;

  gboolean mute;
  gboolean hangs_up; /* when it has sent all */
  gboolean refuses_first;
  GBytes *frames;
} RawServer;

RawServer *raw_server_new (void);
void raw_server_free (RawServer *self);
/* Appends a frame. @first: its first byte. */
void raw_server_frame (RawServer *self, guint8 first, const void *data, gsize length);
void raw_server_close_frame (RawServer *self, guint16 code, const char *reason);

/* Shakes hands, and counts what comes after. SoupServer of libsoup 3.6 is no
 * place to hang up on without a request: it disconnects twice then. */
typedef struct
{
  GSocketService *service;
  guint port;
  char *url;
  GTlsCertificate *certificate;
  GPtrArray *streams;
  gsize n_heard; /* bytes */
} TlsServer;

TlsServer *tls_server_new (GTlsCertificate *certificate);
void tls_server_free (TlsServer *self);

/* A proxy that says @refusal, or connects everybody with 127.0.0.1:@port. */
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

/* Stands between a client and 127.0.0.1:@to, and passes on what both say. What
 * the client says can be left unread. */
typedef struct
{
  GSocketService *service;
  guint port;
  guint to;
  GPtrArray *lanes;
  gboolean held;
  gsize n_passed; /* bytes of the clients' */
} Relay;

Relay *relay_new (guint to);
void relay_free (Relay *self);
/* Reads nothing that the clients say, and goes on. */
void relay_hold (Relay *self);
void relay_release (Relay *self);
/* Hangs up on the clients, with what they said unread. */
void relay_cut (Relay *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WebKeys, web_keys_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebServer, web_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawServer, raw_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsServer, tls_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProxyServer, proxy_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)
