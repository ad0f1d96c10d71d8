/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the user said of a speech service on the command line, or was asked
 * for. What is NULL or FALSE was not said. */
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

/* The options of "provider add" and "provider set", ended by @more, which is
 * ended by NULL. They write into @self. Free with g_free (). */
GOptionEntry *cap_provider_settings_list_options (CapProviderSettings *self,
                                                  const GOptionEntry *more);

/* As SetProvider takes them: a{sv}, floating. NULL with CAP_USAGE_ERROR when
 * they make no sense. */
GVariant *cap_provider_settings_compose (const CapProviderSettings *self, GError **error);

/* A setting (of SetProvider) for people; NULL when it has its default. */
char *cap_provider_setting_describe (const char *key, GVariant *value);

/* What to type for these settings (a{sv}), ready for a shell. NULL when
 * @current has them all. */
char *cap_provider_settings_to_command (const char *id, GVariant *settings, GVariant *current);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CapProviderSettings, cap_provider_settings_clear)

G_END_DECLS
