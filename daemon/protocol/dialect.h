/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include "protocol/connection.h"

G_BEGIN_DECLS

/* The configuration of a session: the provider's settings without those that its
 * model is known to refuse. */
typedef struct
{
  CapProvider *provider;
  const char *language;   /* BCP 47, or empty */
  guint refused;          /* mask of CapField */
  gboolean server_turns;  /* the service detects turns, not captiond */
  gboolean mint_bare;     /* request the client secret without a configuration
                           * because the service answers 500 to one */
} CapSessionWishes;

/* The optional fields in the configuration, a mask of CapField. */
guint cap_session_wishes_get_fields (const CapSessionWishes *self);

/* One form of the realtime protocol (docs/protocol.md 8): constant data plus the
 * few functions that differ. A new one is one new file dialect-NAME.c, and one
 * line in dialects.c. */
typedef struct
{
  const char *name;           /* value of the setting dialect */
  const char *title;          /* for people */

  /* authentication */
  CapAuth auth;               /* unless the provider sets another */
  gboolean key_optional;      /* a user's own server may require no key */
  gboolean needs_model;
  gboolean needs_session_model;
  gboolean must_mint;         /* requires a client secret */
  const char *secret_path;    /* path of the client secret in the answer; NULL if
                               * the service issues none */
  const char *const *headers; /* name, value, …, NULL; or NULL */

  /* session */
  CapSessionShape shape;      /* form of the session description */
  const char *session_type;   /* the type that CREATED must show; NULL for any */
  gboolean acknowledges;      /* UPDATED answers the configuration */

  /* audio and turns */
  guint rate;                 /* Hz, mono, signed 16 bit little-endian; 0: the
                               * provider's setting, or 24000 */
  gboolean can_detect_turns;
  gboolean must_detect_turns; /* the service cannot switch detection off */
  gboolean one_turn_at_a_time;/* a turn begins after the text of the last one */
  gboolean texts_in_order;    /* texts arrive in the order of turns, and item ids
                               * are missing or differ between events */

  guint longest_session;      /* seconds, 0: unknown; used where the service does not
                               * send the time of the end. docs/protocol.md 9.1 */

  const CapEventName *events;

  /* The URL of the WebSocket, with the scheme http or https. */
  char *(*socket_url) (const CapSessionWishes *wishes);
  /* NULL if secret_path is NULL. */
  char *(*mint_url) (const CapSessionWishes *wishes);
  char *(*mint_body) (const CapSessionWishes *wishes);
  /* Messages as JSON. Each may return NULL to send nothing. */
  char *(*configure) (const CapSessionWishes *wishes);
  char *(*turn_begins) (void);  /* may be NULL */
  char *(*turn_ends) (void);
} CapDialect;

/* Helpers for the functions of dialects: BASE/PATH, and for Azure RESOURCE/PATH,
 * even if the base ends in /openai/v1. The query is name, value, …, NULL; a
 * parameter whose value is NULL or empty is left out. */
char *cap_dialect_url (CapProvider *provider, const char *path, ...) G_GNUC_NULL_TERMINATED;
char *cap_dialect_azure_url (CapProvider *provider, const char *path, ...) G_GNUC_NULL_TERMINATED;

/* Whether the service detects turns: only if the provider's settings ask for it or
 * the dialect must, because captiond's own detection works with every model.
 * @refused: mask of CapField. */
gboolean cap_dialect_server_turns (const CapDialect *self, CapProvider *provider, guint refused);

/* The sample rate that the service receives, in Hz. */
guint cap_dialect_rate (const CapDialect *self, CapProvider *provider);

/* The way to send the credential: the provider's choice, or the dialect's. */
CapAuth cap_dialect_auth (const CapDialect *self, CapProvider *provider);

/* The headers of the handshake: name, value, …, NULL. The caller owns the array;
 * the strings belong to the dialect and to the provider. */
GPtrArray *cap_dialect_headers (const CapDialect *self, CapProvider *provider);

G_END_DECLS
