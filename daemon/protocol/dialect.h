/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/connection.h"

G_BEGIN_DECLS

/* What a session is to be configured with: the provider's wishes without what
 * its model was found to refuse. */
typedef struct
{
  CapProvider *provider;
  const char *language;   /* BCP 47, or empty */
  guint refused;          /* of CapField */
  gboolean server_turns;  /* the service detects turns; otherwise our gate */
  gboolean mint_bare;     /* the mint answers 500 to a configuration */
} CapSessionWishes;

/* CapField: what a service is told that it need not be. */
guint cap_session_wishes_get_fields (const CapSessionWishes *self);

/* One form of the realtime protocol (docs/protocol.md 8): constant data plus the
 * few functions that differ. A new one is one new file dialect-NAME.c, and one
 * line in dialects.c. */
typedef struct
{
  const char *name;           /* as settings have it */
  const char *title;          /* for people */

  /* getting in */
  CapAuth auth;               /* when the provider says nothing else */
  gboolean key_optional;      /* servers of one's own may want none */
  gboolean needs_model;
  gboolean needs_session_model;
  gboolean must_mint;         /* works with a client secret only */
  const char *secret_path;    /* in the answer of a mint; NULL: cannot mint */
  const char *const *headers; /* name, value, …, NULL; or NULL */

  /* beginning */
  CapSessionShape shape;      /* of what is created */
  const char *session_type;   /* what must have been created; NULL: any */
  gboolean acknowledges;      /* UPDATED answers the configuration */

  /* sound */
  guint rate;                 /* Hz, mono, signed 16 bit little-endian; 0: the
                               * provider says, or 24000 */
  gboolean can_detect_turns;
  gboolean must_detect_turns; /* cannot do without */
  gboolean one_turn_at_a_time;/* the next begins after the last one's text */
  gboolean texts_in_order;    /* of turns: item ids are missing, or do not line
                               * up between events */

  guint longest_session;      /* seconds, 0: unknown; used where the service does not
                               * send the time of the end. docs/protocol.md 9.1 */

  const CapEventName *events;

  /* The URL of the WebSocket, http or https. */
  char *(*socket_url) (const CapSessionWishes *wishes);
  /* NULL where secret_path is. */
  char *(*mint_url) (const CapSessionWishes *wishes);
  char *(*mint_body) (const CapSessionWishes *wishes);
  /* Messages, as JSON. Each may return NULL: nothing to send. */
  char *(*configure) (const CapSessionWishes *wishes);
  char *(*turn_begins) (void);  /* may itself be NULL */
  char *(*turn_ends) (void);
} CapDialect;

/* Helpers for the functions of dialects: BASE/PATH, and for Azure
 * RESOURCE/PATH, also where the base was given with /openai/v1. The query is
 * name, value, …, NULL; a value that is NULL or empty leaves its name out. */
char *cap_dialect_url (CapProvider *provider, const char *path, ...) G_GNUC_NULL_TERMINATED;
char *cap_dialect_azure_url (CapProvider *provider, const char *path, ...) G_GNUC_NULL_TERMINATED;

/* Whether the service ends turns under these wishes: only where the provider
 * wants it or the dialect must, for our gate works with every model. */
gboolean cap_dialect_server_turns (const CapDialect *self, CapProvider *provider, guint refused);

/* Hz on the wire. */
guint cap_dialect_rate (const CapDialect *self, CapProvider *provider);

/* How the credential is sent: the provider's choice, or the dialect's. */
CapAuth cap_dialect_auth (const CapDialect *self, CapProvider *provider);

/* The headers of the handshake: name, value, …, NULL. The strings belong to
 * the dialect and to the provider. */
GPtrArray *cap_dialect_headers (const CapDialect *self, CapProvider *provider);

G_END_DECLS
