/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/event.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The phase of a session in which a fault happened. */
typedef enum
{
  CAP_STAGE_CONNECT,   /* name lookup, network, proxy, TLS */
  CAP_STAGE_MINT,      /* request for a client secret */
  CAP_STAGE_HANDSHAKE, /* HTTP answer to the WebSocket upgrade */
  CAP_STAGE_CREATE,    /* until the first event */
  CAP_STAGE_CONFIGURE, /* until the service acknowledges the configuration */
  CAP_STAGE_LISTEN,    /* the session transcribes */
} CapStage;

/* The reaction to a fault. */
typedef enum
{
  CAP_REMEDY_STOP,       /* only another setting, model or key helps */
  CAP_REMEDY_OTHER_DOOR, /* try the service's next dialect; if there is none,
                          * stop */
  CAP_REMEDY_RETRY,      /* try again, with backoff */
  CAP_REMEDY_RENEW,      /* open a new session at once */
  CAP_REMEDY_IGNORE,     /* harmless: the session continues */
  CAP_REMEDY_DROP_FIELD, /* configure again without the field */
  CAP_REMEDY_OUR_TURNS,  /* configure again without the service's voice activity
                          * detection: our own ends turns */
  CAP_REMEDY_MINT_BARE,  /* request a client secret without the configuration,
                          * and configure the session later */
  CAP_REMEDY_TURN_LOST,  /* this turn has no text; the session continues */
} CapRemedy;

/* Fields that captiond leaves out of a configuration if the model refuses them. */
typedef enum
{
  CAP_FIELD_LANGUAGE = 1 << 0,
  CAP_FIELD_PROMPT = 1 << 1,
  CAP_FIELD_KEYWORDS = 1 << 2,
  CAP_FIELD_DELAY = 1 << 3,
  CAP_FIELD_NOISE_REDUCTION = 1 << 4,
  CAP_FIELD_INCLUDE = 1 << 5,        /* logprobs */
  CAP_FIELD_TURN_DETECTION = 1 << 6, /* the service's voice activity detection */
} CapField;

/* The name of one field in the settings, such as "language". Static. */
const char *cap_field_to_string (CapField field);
/* 0 for an unknown name. */
CapField cap_field_from_string (const char *name);
/* The names of all @fields, a mask of CapField. Free with g_strfreev(). */
char **cap_fields_to_names (guint fields);

/* Everything that captiond knows about a fault. All strings are redacted. */
typedef struct
{
  CapStage stage;
  GError *network;        /* name lookup, connection, TLS or proxy; CAP_ERROR if the
                           * peer broke the protocol; or NULL */
  guint status;           /* HTTP status, 0 without an answer */
  guint close_code;       /* WebSocket close code, 0 while it is open */
  char *close_reason;
  CapServiceError *error; /* or NULL */
  char *request_id;       /* apim-request-id, x-request-id */
  char *region;           /* x-ms-region */
  char *location;         /* target of a redirect */
  guint retry_after;      /* seconds, 0 if unknown */
  char *session_type;     /* type of the session that the service created instead
                           * of the requested type; or NULL */
  gboolean turn_failed;   /* the error belongs to one item, not to the session */
  gboolean by_proxy;      /* the answer came from a proxy */
  gboolean timed_out;     /* no answer in time */
} CapEvidence;

void cap_evidence_clear (CapEvidence *self);
/* @copy: uninitialised or cleared. Free its contents with cap_evidence_clear(). */
void cap_evidence_copy (CapEvidence *copy, const CapEvidence *evidence);

/* The request that led to a fault; the sentences name its parts. */
typedef struct
{
  const char *provider;      /* id */
  const char *dialect;
  const char *host;
  const char *path;          /* of the URL, for redirects */
  const char *model;
  const char *session_model;
  gboolean with_key;         /* the request carried a credential */
  gboolean with_token;       /* the credential is a token of the token command */
  gboolean diagnosing;       /* the doctor asks: the sentence then does not advise
                              * to run it, and announces no retry */
} CapAsked;

/* The meaning of the evidence. */
typedef struct
{
  const char *row;  /* number in docs/known-failures.md, "7.1-1a"; or NULL. Static */
  CapRemedy remedy;
  CapField field;   /* for DROP_FIELD */
  guint wait;       /* seconds that the service asks us to wait; 0: own backoff */
  GError *error;    /* of CAP_ERROR: what happened, what it means, what to do,
                     * with request id and region if they are known */
} CapFault;

/* Whether the service itself is in trouble, so that the same request may succeed later. */
gboolean cap_service_error_is_passing (const CapServiceError *self);

/* Judges by docs/protocol.md 6 and docs/known-failures.md. Free with
 * cap_fault_free(). */
CapFault *cap_fault_judge (const CapEvidence *evidence, const CapAsked *asked);
CapFault *cap_fault_copy (const CapFault *self);
void cap_fault_free (CapFault *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CapEvidence, cap_evidence_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapFault, cap_fault_free)

G_END_DECLS
