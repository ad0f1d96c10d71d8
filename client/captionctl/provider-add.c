/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/key-input.h"
#include "captionctl/output.h"
#include "captionctl/prompt.h"
#include "captionctl/provider-ask.h"
#include "captionctl/provider-commands.h"
#include "captionctl/provider-list.h"
#include "captionctl/provider-settings.h"
#include "common/bus.h"

typedef struct
{
  const char *id;
  CapProviderSettings settings;
  gboolean key_from_stdin;
  gboolean no_key;
  gboolean make_default;

  GDBusConnection *connection;
  CapKey *key;
} Setup;

static void
setup_clear (Setup *self)
{
  cap_provider_settings_clear (&self->settings);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->key, cap_key_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setup, setup_clear)

/* options */

static gboolean
parse (Setup *self, int argc, char **argv, const char *summary, const char *description, GError **error)
{
  const GOptionEntry more[] = {
    { "key-stdin", 0, 0, G_OPTION_ARG_NONE, &self->key_from_stdin,
      "Read the key from the standard input", NULL },
    { "no-key", 0, 0, G_OPTION_ARG_NONE, &self->no_key, "Store no key now", NULL },
    { "default", 0, 0, G_OPTION_ARG_NONE, &self->make_default,
      "Make it the default engine", NULL },
    { NULL }
  };
  g_autofree GOptionEntry *entries = cap_provider_settings_list_options (&self->settings, more);
  const CapArguments arguments = { "ID", 1, 1, &self->id };

  if (!cap_command_parse_arguments (argc, argv, entries, &arguments, summary, description, error)
      || !cap_provider_list_check_id (self->id, error))
    return FALSE;

  if (!self->key_from_stdin || !self->no_key)
    return TRUE;
  g_set_error_literal (error, CAP_USAGE_ERROR, 0, "--key-stdin and --no-key cannot be combined");
  return FALSE;
}

/* Reports wrong values before the command asks the service or the user. */
static gboolean
check_values (Setup *self, GError **error)
{
  GVariant *settings = cap_provider_settings_compose (&self->settings, error);

  if (settings == NULL)
    return FALSE;

  g_variant_unref (g_variant_ref_sink (settings));
  return TRUE;
}

static gboolean
connect_to_service (Setup *self, GError **error)
{
  sigset_t before;

  cap_prompt_hold_signals (&before);
  self->connection = cap_bus_connect (error);
  cap_prompt_release_signals (&before);
  return self->connection != NULL;
}

/* storing */

static gboolean
store_settings (Setup *self, GError **error)
{
  GVariant *settings = cap_provider_settings_compose (&self->settings, error);
  g_autoptr (GVariant) reply = NULL;

  if (settings == NULL)
    return FALSE;

  reply = cap_bus_call (self->connection, "SetProvider",
                        g_variant_new ("(s@a{sv})", self->id, settings), "()", error);
  return reply != NULL;
}

/* The completed steps are not undone: the message says so, and how to continue. */
static gboolean
explain_rest (GError **error, GError *cause, const char *done, const char *next)
{
  g_set_error (error, cause->domain, cause->code, "%s: %s%s %s", done, cause->message,
               g_str_has_suffix (cause->message, ".") ? "" : ".", next);
  g_error_free (cause);
  return FALSE;
}

static gboolean
store_key (Setup *self, GError **error)
{
  g_autofree char *done = NULL;
  g_autofree char *next = NULL;
  GError *cause = NULL;

  if (self->key == NULL || cap_key_send (self->key, self->connection, self->id, &cause))
    return TRUE;

  done = g_strdup_printf ("%s is set up, but its key was not stored", self->id);
  next = g_strdup_printf ("Try again: captionctl provider set-key %s", self->id);
  return explain_rest (error, cause, done, next);
}

static gboolean
store_default (Setup *self, GError **error)
{
  g_autofree char *done = NULL;
  g_autofree char *next = NULL;
  GError *cause = NULL;

  if (!self->make_default || cap_provider_make_default (self->connection, self->id, &cause))
    return TRUE;

  done = g_strdup_printf ("%s is set up, but it is not the default", self->id);
  next = g_strdup_printf ("Try again: captionctl provider default %s", self->id);
  return explain_rest (error, cause, done, next);
}

static gboolean
store (Setup *self, GError **error)
{
  return store_settings (self, error) && store_key (self, error) && store_default (self, error);
}

static gboolean
say_what_next (Setup *self, const char *done, GError **error)
{
  g_autoptr (GVariant) provider = cap_provider_list_get (self->connection, self->id, error);
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean by_default = FALSE;
  const char *key;

  if (provider == NULL)
    return FALSE;

  g_variant_lookup (provider, "default", "b", &by_default);
  g_string_append_printf (text, "%s %s. To send speech to %s and see captions:\n"
                                "  captionctl listen --engine %s\n"
                                "%s"
                                "To check whether it works:\n"
                                "  captionctl doctor %s\n",
                          self->id, done, cap_provider_list_get_text (provider, "host"), self->id,
                          by_default ? "It is also the default engine.\n" : "", self->id);

  key = cap_provider_list_get_text (provider, "key");
  if (g_str_equal (key, "missing"))
    g_string_append_printf (text, "It has no key yet. To store one:\n  captionctl provider set-key %s\n",
                            self->id);
  else if (g_str_equal (key, "none") && self->key == NULL)
    g_string_append_printf (text, "If it needs a key:\n  captionctl provider set-key %s\n", self->id);

  return cap_output_print (text->str, error);
}

/* add */

static gboolean
check_new (Setup *self, GError **error)
{
  g_autoptr (GVariant) providers = cap_provider_list_read (self->connection, error);
  g_autoptr (GVariant) provider = NULL;

  if (providers == NULL)
    return FALSE;

  provider = cap_provider_list_find (providers, self->id);
  if (provider == NULL)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               "the provider \"%s\" already exists. To change it: captionctl provider set %s",
               self->id, self->id);
  return FALSE;
}

static gboolean
complete (Setup *self, GError **error)
{
  if (cap_prompt_is_possible () && !cap_provider_ask (&self->settings, error))
    return FALSE;
  if (self->no_key)
    return TRUE;

  if (self->key_from_stdin || cap_provider_needs_key (&self->settings))
    {
      self->key = cap_key_read (self->id, error);
      return self->key != NULL;
    }

  return TRUE;
}

gboolean
cap_provider_command_add (int argc, char **argv, GError **error)
{
  g_auto (Setup) self = { 0 };

  if (!parse (&self, argc, argv,
              "Sets up a speech service. Speech goes to it only if you choose it with\n"
              "\"captionctl listen --engine ID\" or make it the default. The IDs openai, azure,\n"
              "speaches, localai and vllm choose the dialect of the same name. On a terminal,\n"
              "the command asks for the settings that are missing.",
              "Examples:\n"
              "  captionctl provider add openai\n"
              "  captionctl provider add work --dialect azure\n", error)
      || !check_values (&self, error))
    return FALSE;

  cap_provider_assume (&self.settings, self.id);
  if (!cap_prompt_is_possible ()
      && !cap_provider_check_complete (&self.settings, self.key_from_stdin || self.no_key, error))
    return FALSE;

  return connect_to_service (&self, error) && check_new (&self, error) && complete (&self, error)
         && store (&self, error) && say_what_next (&self, "is set up", error);
}

/* set */

static gboolean
check_there (Setup *self, GError **error)
{
  g_autoptr (GVariant) providers = cap_provider_list_read (self->connection, error);
  g_autoptr (GVariant) provider = NULL;

  if (providers == NULL)
    return FALSE;

  provider = cap_provider_list_find (providers, self->id);
  if (provider != NULL)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "there is no provider \"%s\". To set it up: captionctl provider add %s",
               self->id, self->id);
  return FALSE;
}

static gboolean
read_key (Setup *self, GError **error)
{
  if (!self->key_from_stdin)
    return TRUE;

  self->key = cap_key_read (self->id, error);
  return self->key != NULL;
}

gboolean
cap_provider_command_set (int argc, char **argv, GError **error)
{
  g_auto (Setup) self = { 0 };
  g_autoptr (GVariant) settings = NULL;

  if (!parse (&self, argc, argv,
              "Changes settings of a provider. Settings that you leave out keep their values;\n"
              "an empty value restores the default.",
              NULL, error)
      || !check_values (&self, error))
    return FALSE;

  settings = cap_provider_settings_compose (&self.settings, error);
  if (settings == NULL)
    return FALSE;
  if (g_variant_n_children (settings) == 0 && !self.key_from_stdin && !self.make_default)
    {
      g_set_error_literal (error, CAP_USAGE_ERROR, 0, "No setting to change was given");
      return FALSE;
    }

  return connect_to_service (&self, error) && check_there (&self, error) && read_key (&self, error)
         && store (&self, error) && say_what_next (&self, "was changed", error);
}
