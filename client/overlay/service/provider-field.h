/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The settings of a speech service as SetProvider takes them, and how each is
 * shown: as text, whatever type it has. Knows no widgets. */
typedef enum
{
  CAP_PROVIDER_FIELD_TEXT,
  CAP_PROVIDER_FIELD_COMMAND, /* as: words of a shell */
  CAP_PROVIDER_FIELD_LIST,    /* as: with commas between them */
  CAP_PROVIDER_FIELD_CHOICE,  /* s */
  CAP_PROVIDER_FIELD_RATE,    /* u, of which there are few: a choice */
  CAP_PROVIDER_FIELD_FLAG,    /* b: "yes" or "" */
} CapProviderFieldKind;

typedef struct
{
  const char *value;
  const char *name; /* N_(), a name that is the same everywhere, or NC_() with: */
  const char *context;
} CapProviderFieldChoice;

typedef struct
{
  const char *key;
  CapProviderFieldKind kind;
  const char *title;       /* N_(), with a mnemonic */
  const char *explanation; /* N_() or "" */
  const CapProviderFieldChoice *choices; /* ended by a NULL value */
} CapProviderField;

/* All of them, ended by a NULL key, in the order in which they are asked for. */
const CapProviderField *cap_provider_field_list (void);

/* @settings: a{sv}, or NULL for a service that is not there yet. */
char *cap_provider_field_to_text (const CapProviderField *self, GVariant *settings);
/* Floating; NULL with a sentence where it makes no sense. */
GVariant *cap_provider_field_from_text (const CapProviderField *self, const char *text, GError **error);
/* Whether @settings say so already. */
gboolean cap_provider_field_is_set (const CapProviderField *self, GVariant *settings, GVariant *value);

/* What a user chooses from when a service is added: what of it can only be
 * known by them. */
typedef struct
{
  const char *id; /* suggested as the service's */
  const char *dialect;
  const char *name;     /* N_() */
  const char *url_help; /* N_(); NULL: not asked for */
  const char *url;      /* suggested, or "" */
  const char *model_title, *model_help; /* N_() */
  const char *model;                    /* suggested, or "" */
  const char *key_help; /* N_() */
} CapProviderPreset;

/* All of them, ended by a NULL id; the first is the usual one. */
const CapProviderPreset *cap_provider_preset_list (void);
/* What a service of that dialect is; the last preset when none is like it. */
const CapProviderPreset *cap_provider_preset_find (const char *dialect);

G_END_DECLS
