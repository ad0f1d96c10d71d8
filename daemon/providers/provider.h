/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How captiond authenticates itself to a provider. */
typedef enum
{
  CAP_AUTH_DEFAULT,       /* the default of the dialect */
  CAP_AUTH_NONE,          /* no credential, for a server of one's own */
  CAP_AUTH_BEARER,        /* Authorization: Bearer KEY */
  CAP_AUTH_API_KEY,       /* api-key: KEY */
  CAP_AUTH_TOKEN_COMMAND, /* Authorization: Bearer TOKEN of the token command */
} CapAuth;

/* The side that detects the ends of turns. */
typedef enum
{
  CAP_TURNS_DEFAULT, /* depends on dialect and model */
  CAP_TURNS_SERVER,  /* the service's voice activity detection */
  CAP_TURNS_CLIENT,  /* captiond's own voice activity detection */
} CapTurns;

/* The checked settings of one speech service. Immutable: a change of a provider
 * makes a new object. Contains no secret. */
typedef struct
{
  char *id;            /* [a-z][a-z0-9-]{0,31}, not "local" */
  char *dialect;       /* name of a dialect, or "auto" */
  char *url;           /* base: http(s)://HOST[:PORT][/PATH] without a slash at
                        * the end, query or user; ws and wss become http and
                        * https */
  char *host;          /* host of url, lower case, without port */
  char *model;         /* transcription model, or its deployment */
  char *session_model; /* conversation model or deployment; may be empty */
  CapAuth auth;
  char **token_command; /* argv; an empty vector if there is none */
  gboolean mint;        /* connect with a client secret */
  CapTurns turns;
  guint rate;           /* Hz on the wire; 0 leaves it to the dialect */
  char *prompt;         /* this and the following are empty if not set */
  char **keywords;
  char *delay;
  char *noise_reduction;
  char *organization;
  char *project;
  char *ca_file;        /* PEM file of the user's own certificate authority */
  gboolean allow_plain; /* speech and key may travel unencrypted */
} CapProvider;

#define CAP_TYPE_PROVIDER (cap_provider_get_type ())
GType cap_provider_get_type (void);

/* @settings: a{sv} with the keys of SetProvider in the D-Bus interface; a missing
 * key has its default. Fails with CAP_ERROR_INVALID_OPTION, whose message begins
 * with the key. */
CapProvider *cap_provider_new (const char *id, GVariant *settings, GError **error);
CapProvider *cap_provider_ref (CapProvider *self);
void cap_provider_unref (CapProvider *self);

/* Whether @host belongs to an Azure resource. */
gboolean cap_provider_is_azure_host (const char *host);

/* Whether @id is a valid id of a provider. */
gboolean cap_provider_is_id (const char *id);

/* All settings as SetProvider takes them: a{sv}, floating. */
GVariant *cap_provider_get_settings (CapProvider *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapProvider, cap_provider_unref)

G_END_DECLS
