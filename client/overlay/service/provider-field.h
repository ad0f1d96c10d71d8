/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The settings of a speech service as SetProvider takes them, and how a form shows
 * each of them as text. Independent of widgets. */
typedef enum
{
  CAP_PROVIDER_FIELD_TEXT,
  CAP_PROVIDER_FIELD_COMMAND, /* as: a shell command line */
  CAP_PROVIDER_FIELD_LIST,    /* as: separated by commas */
  CAP_PROVIDER_FIELD_CHOICE,  /* s */
  CAP_PROVIDER_FIELD_RATE,    /* u: one of a few values, and so a choice */
  CAP_PROVIDER_FIELD_FLAG,    /* b: "yes" or "" */
} CapProviderFieldKind;

typedef struct
{
  const char *value;
  const char *name; /* N_(), a name that is not translated, or NC_() with @context */
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

/* All fields in the order in which a form shows them, ended by a NULL key. */
const CapProviderField *cap_provider_field_list (void);

/* @settings: a{sv}, or NULL for a new service. */
char *cap_provider_field_to_text (const CapProviderField *self, GVariant *settings);
/* Returns a floating value, or NULL with an error that is a sentence for people. */
GVariant *cap_provider_field_from_text (const CapProviderField *self, const char *text, GError **error);
/* Whether @settings have that value already. */
gboolean cap_provider_field_is_set (const CapProviderField *self, GVariant *settings, GVariant *value);

/* A kind of service that a user can add, with the settings that only the user
 * knows. */
typedef struct
{
  const char *id; /* suggested id of the new service */
  const char *dialect;
  const char *name;     /* N_() */
  const char *url_help; /* N_(); NULL if the address is fixed */
  const char *url;      /* suggested value, or "" */
  const char *model_title, *model_help; /* N_() */
  const char *model;                    /* suggested value, or "" */
  const char *key_help; /* N_() */
} CapProviderPreset;

/* All presets, ended by a NULL id; the first is the default. */
const CapProviderPreset *cap_provider_preset_list (void);
/* The preset for a service of that dialect; the last one if none matches. */
const CapProviderPreset *cap_provider_preset_find (const char *dialect);

G_END_DECLS
