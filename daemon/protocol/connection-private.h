/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

/* Shared by the files connection*.c and their tests. */

#pragma once

#include "base/alarm.h"
#include "base/deadline.h"
#include "protocol/connection.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define CAP_OPEN_MS (10 * 1000)

/* Interval of pings, the shortest that libsoup allows. */
#define CAP_KEEPALIVE_SECONDS 1
/* Time for the server's kernel to acknowledge sent data. */
#define CAP_USER_TIMEOUT_MS (10 * 1000)

/* Timeouts in milliseconds. */
typedef struct
{
  guint open;    /* for the handshake */
  guint body;    /* for the body of a refusal */
  guint silence; /* without any message of the server */
  guint close;   /* for the server's close frame */
  guint check;   /* as silence, after a change of the network */
} CapPatience;

/* For tests. Set it before opening. */
const CapPatience *cap_realtime_connection_get_patience (CapRealtimeConnection *self);
void cap_realtime_connection_set_patience (CapRealtimeConnection *self, const CapPatience *patience);

/* A request with a SoupSession of its own, so that two services share no connection,
 * cookie or password. */
typedef struct
{
  SoupSession *session;
  SoupMessage *message;
  char *ca_file;
  GSocket *socket;    /* NULL until there is a connection */

  gboolean connected; /* including the TLS handshake, if there is one */
  gboolean encrypted;
} CapRequest;

/* NULL with an error unless the URL is http or https. Copies @endpoint. */
CapRequest *cap_request_new (const char *method, const CapEndpoint *endpoint, GError **error);
void cap_request_free (CapRequest *self);

/* Fills @evidence. @answered: the stage to report if there was an answer. @error: the
 * error of the attempt, or NULL. @expired: the attempt timed out. */
void cap_request_get_evidence (CapRequest *self,
                               const GError *error,
                               gboolean expired,
                               CapStage answered,
                               CapEvidence *evidence);

/* Whether the body of the answer may contain the service's reason. */
gboolean cap_evidence_has_reason (const CapEvidence *self);

/* Sends the request, even if it was sent before, and reads the answer of at most
 * @limit bytes. Free it with cap_body_free(). */
void cap_request_send_async (CapRequest *self,
                             gsize limit,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
char *cap_request_send_finish (GAsyncResult *result, GError **error);

/* Loads the authorities of @ca_file, which replace those of the system. NULL without
 * an error if @ca_file is empty. */
void cap_authority_load_async (const char *ca_file,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GTlsDatabase *cap_authority_load_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapRequest, cap_request_free)

G_END_DECLS
