/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/event.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How far a session had come. */
typedef enum
{
  CAP_STAGE_CONNECT,   /* name, network, proxy, TLS */
  CAP_STAGE_MINT,      /* asking for a client secret */
  CAP_STAGE_HANDSHAKE, /* HTTP answer to the upgrade */
  CAP_STAGE_CREATE,    /* until the first event */
  CAP_STAGE_CONFIGURE, /* until the configuration is acknowledged */
  CAP_STAGE_LISTEN,    /* ready */
} CapStage;

/* What is to be done about a fault. */
typedef enum
{
  CAP_REMEDY_STOP,       /* only another setting, model or key helps */
  CAP_REMEDY_OTHER_DOOR, /* the same, unless this service has another door */
  CAP_REMEDY_RETRY,      /* try again, with growing waits */
  CAP_REMEDY_RENEW,      /* a fresh session, at once */
  CAP_REMEDY_IGNORE,     /* harmless, the session goes on */
  CAP_REMEDY_DROP_FIELD, /* configure again without the field */
  CAP_REMEDY_OUR_TURNS,  /* configure again without voice detection: our gate
                          * ends turns */
  CAP_REMEDY_MINT_BARE,  /* mint without the configuration, configure later */
  CAP_REMEDY_TURN_LOST,  /* this turn has no text, the session goes on */
} CapRemedy;

/* What a configuration may leave out when the model refuses it. */
typedef enum
{
  CAP_FIELD_LANGUAGE = 1 << 0,
  CAP_FIELD_PROMPT = 1 << 1,
  CAP_FIELD_KEYWORDS = 1 << 2,
  CAP_FIELD_DELAY = 1 << 3,
  CAP_FIELD_NOISE_REDUCTION = 1 << 4,
  CAP_FIELD_INCLUDE = 1 << 5,        /* logprobs */
  CAP_FIELD_TURN_DETECTION = 1 << 6, /* the service's voice detection */
} CapField;

/* The settings' name of one field: "language", …; static. */
const char *cap_field_to_string (CapField field);
CapField cap_field_from_string (const char *name); /* 0 when there is none */
/* The names of all @fields; g_strfreev(). */
char **cap_fields_to_names (guint fields);

/* All that is known of what went wrong. Strings are redacted already. */
typedef struct
{
  CapStage stage;
  GError *network;        /* name, connection, TLS, proxy; or CAP_ERROR: what came
                           * is not the protocol; or NULL */
  guint status;           /* HTTP, 0 when there was none */
  guint close_code;       /* WebSocket, 0 when it was not closed */
  char *close_reason;
  CapServiceError *error; /* or NULL */
  char *request_id;       /* apim-request-id, x-request-id */
  char *region;           /* x-ms-region */
  char *location;         /* where a redirect pointed */
  guint retry_after;      /* seconds, 0 when not said */
  char *session_type;     /* what was created in the place of what was asked */
  gboolean turn_failed;   /* the error is of an item, not of the session */
  gboolean by_proxy;      /* the answer came from a proxy */
  gboolean timed_out;     /* no answer in time */
} CapEvidence;

void cap_evidence_clear (CapEvidence *self);
/* Into a @copy that holds nothing yet. */
void cap_evidence_copy (CapEvidence *copy, const CapEvidence *evidence);

/* What the sentences are made with: who was asked for what. */
typedef struct
{
  const char *provider;      /* id */
  const char *dialect;
  const char *host;
  const char *path;          /* of the URL, for redirects */
  const char *model;
  const char *session_model;
  gboolean with_key;         /* a credential was sent */
  gboolean with_token;       /* it is a token that a program prints */
  gboolean diagnosing;       /* the doctor asks: it need not be advised, and
                              * nothing is tried again by itself */
} CapAsked;

/* What it means. */
typedef struct
{
  const char *row;  /* of docs/known-failures.md, "7.1-1a"; or NULL. Static */
  CapRemedy remedy;
  CapField field;   /* for DROP_FIELD */
  guint wait;       /* seconds that the service wants us to wait, 0: ours */
  GError *error;    /* of CAP_ERROR: what happened, what it means, what to do,
                     * with request id and region where they are known */
} CapFault;

/* Whether it is about the service, rather than about what was asked of it. */
gboolean cap_service_error_is_passing (const CapServiceError *self);

/* Judges by docs/protocol.md 6 and docs/known-failures.md. */
CapFault *cap_fault_judge (const CapEvidence *evidence, const CapAsked *asked);
CapFault *cap_fault_copy (const CapFault *self);
void cap_fault_free (CapFault *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CapEvidence, cap_evidence_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapFault, cap_fault_free)

G_END_DECLS
