/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How a provider is told who we are. */
typedef enum
{
  CAP_AUTH_DEFAULT,       /* as its dialect has it */
  CAP_AUTH_NONE,          /* a server of one's own that asks for nothing */
  CAP_AUTH_BEARER,        /* Authorization: Bearer KEY */
  CAP_AUTH_API_KEY,       /* api-key: KEY */
  CAP_AUTH_TOKEN_COMMAND, /* Authorization: Bearer TOKEN, which a program prints */
} CapAuth;

/* Who says where a turn of speech ends. */
typedef enum
{
  CAP_TURNS_DEFAULT, /* as dialect and model can have it */
  CAP_TURNS_SERVER,  /* the service's own detection */
  CAP_TURNS_CLIENT,  /* our gate, by commit */
} CapTurns;

/* What the user said of one speech service, checked. Never changes; a changed
 * provider is another object. Holds no secret. */
typedef struct
{
  char *id;            /* [a-z][a-z0-9-]{0,31}, not "local" */
  char *dialect;       /* name of a dialect, or "auto" */
  char *url;           /* base: http(s)://HOST[:PORT][/PATH], no slash at the
                        * end, no query, no user; ws and wss are turned into
                        * http and https */
  char *host;          /* of url, lower case, no port */
  char *model;         /* transcription model, or its deployment */
  char *session_model; /* conversation model or deployment; may be empty */
  CapAuth auth;
  char **token_command; /* argv; empty vector when there is none */
  gboolean mint;        /* connect with a minted client secret */
  CapTurns turns;
  guint rate;           /* Hz on the wire; 0 leaves it to the dialect */
  char *prompt;         /* these are empty when not said */
  char **keywords;
  char *delay;
  char *noise_reduction;
  char *organization;
  char *project;
  char *ca_file;        /* PEM file of an authority of one's own, or empty */
  gboolean allow_plain; /* speech and key may travel unencrypted */
} CapProvider;

#define CAP_TYPE_PROVIDER (cap_provider_get_type ())
GType cap_provider_get_type (void);

/* @settings: a{sv} with the keys of SetProvider in the D-Bus interface; those
 * that are missing have their default. CAP_ERROR_INVALID_OPTION with a message
 * that begins with the key. */
CapProvider *cap_provider_new (const char *id, GVariant *settings, GError **error);
CapProvider *cap_provider_ref (CapProvider *self);
void cap_provider_unref (CapProvider *self);

/* Whether @host is that of a resource of Azure. */
gboolean cap_provider_is_azure_host (const char *host);

/* Whether @id may name a provider. */
gboolean cap_provider_is_id (const char *id);

/* All its settings as SetProvider takes them: a{sv}, floating. */
GVariant *cap_provider_get_settings (CapProvider *self);

/* Whether speech would leave this machine unencrypted, which it may only to a
 * loopback address or where the user said so. */
gboolean cap_provider_is_plain (CapProvider *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CapProvider, cap_provider_unref)

G_END_DECLS
