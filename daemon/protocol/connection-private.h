/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* What the files realtime-connection*.c share, and their test. */

#pragma once

#include "base/alarm.h"
#include "base/deadline.h"
#include "protocol/connection.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define CAP_OPEN_MS (10 * 1000)

/* Between pings; libsoup knows no less. */
#define CAP_KEEPALIVE_SECONDS 1
/* For the kernel of a server to take what was sent. */
#define CAP_USER_TIMEOUT_MS (10 * 1000)

/* How long is waited for what, in milliseconds. */
typedef struct
{
  guint open;    /* until the handshake is over */
  guint body;    /* of a refusal */
  guint silence; /* until an open connection counts as lost */
  guint close;   /* until the server has said goodbye too */
  guint check;   /* as silence, when the network has changed */
} CapPatience;

/* For tests; before it is opened. */
const CapPatience *cap_realtime_connection_get_patience (CapRealtimeConnection *self);
void cap_realtime_connection_set_patience (CapRealtimeConnection *self, const CapPatience *patience);

/* A request with a session of its own, so that nothing is shared between two
 * services: no connection, no cookie, no password. */
typedef struct
{
  SoupSession *session;
  SoupMessage *message;
  char *ca_file;
  GSocket *socket; /* when there is a connection */

  gboolean connected; /* as far as the TLS handshake, where there is one */
  gboolean encrypted;
} CapRequest;

/* NULL for what is not the URL of a web server. Nothing of the endpoint is
 * needed any more afterwards. */
CapRequest *cap_request_new (const char *method, const CapEndpoint *endpoint, GError **error);
void cap_request_free (CapRequest *self);

/* @answered: the stage once there was an answer. @error: of the attempt. */
void cap_request_get_evidence (CapRequest *self,
                               const GError *error,
                               gboolean expired,
                               CapStage answered,
                               CapEvidence *evidence);

/* Whether the body of the answer may hold the service's reason. */
gboolean cap_evidence_has_reason (const CapEvidence *self);

/* Sends the request, again if it was sent before, and reads the answer of at
 * most @limit bytes. Free it with cap_body_free(). */
void cap_request_send_async (CapRequest *self,
                             gsize limit,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
char *cap_request_send_finish (GAsyncResult *result, GError **error);

/* The authorities of @ca_file, in the place of the system's: who names one
 * trusts no other. NULL without an error when @ca_file is empty. */
void cap_authority_load_async (const char *ca_file,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GTlsDatabase *cap_authority_load_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRequest, cap_request_free)

G_END_DECLS
