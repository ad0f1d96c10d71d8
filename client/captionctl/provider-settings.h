/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The settings that the user gave on the command line or as answers. NULL and FALSE
 * mean that the user did not give a setting. */
typedef struct
{
  char *dialect;
  char *url;
  char *model;
  char *session_model;
  char *auth;
  char *token_command;
  gboolean mint;
  gboolean no_mint;
  char *turns;
  char *rate;
  char *prompt;
  char **keywords;
  char *delay;
  char *noise_reduction;
  char *organization;
  char *project;
  char *ca_file;
  gboolean allow_plain;
  gboolean no_allow_plain;
} CapProviderSettings;

void cap_provider_settings_clear (CapProviderSettings *self);

/* The options of "provider add" and "provider set", followed by @more, which ends with
 * NULL. They write into @self. Free with g_free (). */
GOptionEntry *cap_provider_settings_list_options (CapProviderSettings *self,
                                                  const GOptionEntry *more);

/* The settings as SetProvider takes them: a{sv}, floating. NULL with CAP_USAGE_ERROR
 * if a value is wrong. */
GVariant *cap_provider_settings_compose (const CapProviderSettings *self, GError **error);

/* The value of a setting of SetProvider, for people; NULL if it has its default. */
char *cap_provider_setting_describe (const char *key, GVariant *value);

/* The shell command that makes these settings (a{sv}). NULL if @current already has
 * all of them. */
char *cap_provider_settings_to_command (const char *id, GVariant *settings, GVariant *current);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CapProviderSettings, cap_provider_settings_clear)

G_END_DECLS
