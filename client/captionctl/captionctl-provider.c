/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/command-group.h"
#include "captionctl/output.h"
#include "captionctl/provider-commands.h"
#include "captionctl/provider-list.h"
#include "captionctl/provider-settings.h"
#include "captionctl/table.h"
#include "captionctl/variant-json.h"
#include "common/bus.h"
#include "common/text.h"

/* A state of the key: as JSON has it, as one word, and in full. */
typedef struct
{
  const char *state;
  const char *word;
  const char *sentence;
} KeyState;

static const KeyState key_states[] = {
  { "none", "not needed", "not needed" },
  { "set", "set", "set" },
  { "missing", "missing", "missing" },
  { "locked", "locked", "not readable while the keyring is locked" },
  { "command", "command", "printed as a token by a program" },
};

static const KeyState *
find_key_state (GVariant *provider)
{
  static const KeyState unknown = { "", "unknown", "in an unknown state" };
  const char *state = cap_provider_list_get_text (provider, "key");

  for (guint i = 0; i < G_N_ELEMENTS (key_states); i++)
    if (g_str_equal (key_states[i].state, state))
      return &key_states[i];

  return &unknown;
}

static gboolean
is_default (GVariant *provider)
{
  gboolean yes = FALSE;

  g_variant_lookup (provider, "default", "b", &yes);
  return yes;
}

static gboolean
print_json (GVariant *value, GError **error)
{
  g_autofree char *json = cap_variant_to_json (value);
  g_autofree char *line = g_strconcat (json, "\n", NULL);

  return cap_output_print (line, error);
}

/* list */

static char *
print_table (GVariant *providers)
{
  g_autoptr (CapTable) table = cap_table_new (6);

  if (g_variant_n_children (providers) == 0)
    return g_strdup ("No provider is set up, so speech stays on this computer. To set one up:\n"
                     "  captionctl provider add openai\n");

  cap_table_add (table, "PROVIDER", "DIALECT", "HOST", "MODEL", "KEY", "DEFAULT");
  for (gsize i = 0; i < g_variant_n_children (providers); i++)
    {
      g_autoptr (GVariant) provider = g_variant_get_child_value (providers, i);

      cap_table_add (table, cap_provider_list_get_text (provider, "id"),
                     cap_provider_list_get_setting (provider, "dialect"),
                     cap_provider_list_get_text (provider, "host"),
                     cap_provider_list_get_setting (provider, "model"),
                     find_key_state (provider)->word,
                     is_default (provider) ? "yes" : "");
    }

  return cap_table_print (table, "");
}

static gboolean
command_list (int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON array", NULL },
    { NULL }
  };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) providers = NULL;
  g_autofree char *text = NULL;

  if (!cap_command_parse (argc, argv, entries, "Lists the speech services that are set up.", NULL,
                          error))
    return FALSE;

  connection = cap_bus_connect (error);
  providers = connection != NULL ? cap_provider_list_read (connection, error) : NULL;
  if (providers == NULL)
    return FALSE;
  if (json)
    return print_json (providers, error);

  text = print_table (providers);
  return cap_output_print (text, error);
}

/* show */

static char *
print_settings (GVariant *provider)
{
  g_autoptr (GVariant) settings = cap_provider_list_get_settings (provider);
  g_autoptr (CapTable) table = cap_table_new (2);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *text = cap_provider_setting_describe (key, value);

      if (text != NULL)
        cap_table_add (table, key, text);
      g_variant_unref (value);
    }

  return cap_table_print (table, "  ");
}

static char *
print_learnt (GVariant *provider)
{
  g_autofree const char **sentences = NULL;
  GString *text = g_string_new (NULL);

  g_variant_lookup (provider, "learnt", "^a&s", &sentences);
  for (guint i = 0; sentences != NULL && sentences[i] != NULL; i++)
    {
      g_autofree char *clean = cap_text_clean (sentences[i]);

      g_string_append_printf (text, "%s  %s\n", i == 0 ? "\nLearnt about the service:\n" : "", clean);
    }

  return g_string_free (text, FALSE);
}

static char *
print_provider (GVariant *provider)
{
  g_autoptr (CapTable) table = cap_table_new (2);
  g_autofree char *facts = NULL;
  g_autofree char *settings = print_settings (provider);
  g_autofree char *learnt = print_learnt (provider);
  const char *reason = cap_provider_list_get_text (provider, "reason");
  g_autofree char *ready = *reason != '\0' ? g_strconcat ("no: ", reason, NULL) : g_strdup ("yes");

  cap_table_add (table, "Provider", cap_provider_list_get_text (provider, "id"));
  cap_table_add (table, "Host", cap_provider_list_get_text (provider, "host"));
  cap_table_add (table, "Key", find_key_state (provider)->sentence);
  cap_table_add (table, "Ready", ready);
  cap_table_add (table, "Default", is_default (provider) ? "yes" : "no");
  facts = cap_table_print (table, "");

  return g_strconcat (facts, "\nSettings:\n", settings, learnt, NULL);
}

static gboolean
command_show (int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON object", NULL },
    { NULL }
  };
  const char *id = NULL;
  const CapArguments arguments = { "ID", 1, 1, &id };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) provider = NULL;
  g_autofree char *text = NULL;

  if (!cap_command_parse_arguments (
          argc, argv, entries, &arguments,
          "Shows the settings of a provider, the state of its key, and what captiond learnt\n"
          "about the service.",
          NULL, error))
    return FALSE;

  connection = cap_bus_connect (error);
  provider = connection != NULL ? cap_provider_list_get (connection, id, error) : NULL;
  if (provider == NULL)
    return FALSE;
  if (json)
    return print_json (provider, error);

  text = print_provider (provider);
  return cap_output_print (text, error);
}

/* remove */

static gboolean
remove_provider (GDBusConnection *connection, const char *id, GError **error)
{
  g_autoptr (GVariant) provider = cap_provider_list_get (connection, id, error);
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *text = NULL;

  if (provider == NULL)
    return FALSE;
  reply = cap_bus_call (connection, "RemoveProvider", g_variant_new ("(s)", id), "()", error);
  if (reply == NULL)
    return FALSE;

  text = g_strdup_printf ("Removed %s (%s) with its settings, its key and everything learnt about it.\n%s",
                          id, cap_provider_list_get_text (provider, "host"),
                          is_default (provider)
                              ? "It was the default engine. From now on, speech stays on this computer "
                                "by default.\n"
                              : "");
  return cap_output_print (text, error);
}

static gboolean
command_remove (int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = { { NULL } };
  const char *id = NULL;
  const CapArguments arguments = { "ID", 1, 1, &id };
  g_autoptr (GDBusConnection) connection = NULL;

  if (!cap_command_parse_arguments (
          argc, argv, entries, &arguments,
          "Removes a provider, its key and everything learnt about it. Running captions\n"
          "that use it fail.",
          NULL, error))
    return FALSE;

  connection = cap_bus_connect (error);
  return connection != NULL && remove_provider (connection, id, error);
}

/* default */

static char *
describe_default (GVariant *provider)
{
  const char *host = provider != NULL ? cap_provider_list_get_text (provider, "host") : "";
  const char *reason = provider != NULL ? cap_provider_list_get_text (provider, "reason") : "";

  if (*host == '\0')
    return g_strdup ("From now on, speech stays on this computer unless a program asks for another "
                     "engine.\n");

  return g_strdup_printf ("From now on, speech goes to %s unless a program asks for another engine.\n%s%s%s",
                          host, *reason != '\0' ? "It is not ready: " : "", reason,
                          *reason != '\0' ? "\n" : "");
}

static gboolean
command_default (int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = { { NULL } };
  const char *id = NULL;
  const CapArguments arguments = { "ID", 1, 1, &id };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) providers = NULL;
  g_autoptr (GVariant) provider = NULL;
  g_autofree char *text = NULL;

  if (!cap_command_parse_arguments (
          argc, argv, entries, &arguments,
          "Sets the engine for captions that name none: a provider, or \"local\", which sends\n"
          "nothing. Running captions keep their engine.",
          NULL, error))
    return FALSE;

  connection = cap_bus_connect (error);
  if (connection == NULL || !cap_provider_make_default (connection, id, error))
    return FALSE;
  providers = cap_provider_list_read (connection, error);
  if (providers == NULL)
    return FALSE;

  provider = cap_provider_list_find (providers, id);
  text = describe_default (provider);
  return cap_output_print (text, error);
}

/* help */

static const CapSubCommand commands[] = {
  { "add", "provider add", cap_provider_command_add, "Set up a speech service" },
  { "list", "provider list", command_list, "List the speech services that are set up" },
  { "show", "provider show", command_show, "Show the settings of a service" },
  { "set", "provider set", cap_provider_command_set, "Change settings of a service" },
  { "remove", "provider remove", command_remove, "Remove a service and its key" },
  { "set-key", "provider set-key", cap_provider_command_set_key, "Store a key in the keyring" },
  { "clear-key", "provider clear-key", cap_provider_command_clear_key, "Remove a key from the keyring" },
  { "default", "provider default", command_default, "Choose the default engine: a service, or \"local\"" },
};

/* public */

gboolean
cap_provider_make_default (GDBusConnection *connection, const char *id, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  g_variant_dict_insert (&dict, "engine", "s", id);
  reply = cap_bus_call (connection, "SetDefaults",
                        g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)), "()", error);
  return reply != NULL;
}

gboolean
cap_command_provider (int argc, char **argv, GError **error)
{
  static const CapCommandGroup group = {
    .name = "provider",
    .summary = "Sets up speech services on the network. Speech goes to a service only if\n"
               "you choose it with \"captionctl listen --engine ID\" or make it the\n"
               "default.\n",
    .commands = commands,
    .n_commands = G_N_ELEMENTS (commands),
  };

  return cap_command_group_run (&group, argc, argv, error);
}
