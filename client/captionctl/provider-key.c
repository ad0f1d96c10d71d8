/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/key-input.h"
#include "captionctl/output.h"
#include "captionctl/prompt.h"
#include "captionctl/provider-commands.h"
#include "captionctl/provider-list.h"
#include "common/bus.h"

static gboolean
check_input (gboolean from_stdin, GError **error)
{
  if (from_stdin || cap_prompt_is_possible ())
    return TRUE;

  g_set_error_literal (error, CAP_USAGE_ERROR, 0,
                       "There is no terminal to ask for the key. Pass it with --key-stdin");
  return FALSE;
}

static gboolean
store_key (GDBusConnection *connection, const char *id, GError **error)
{
  g_autoptr (GVariant) provider = cap_provider_list_get (connection, id, error);
  g_autoptr (CapKey) key = NULL;
  g_autofree char *text = NULL;

  if (provider == NULL)
    return FALSE;

  key = cap_key_read (id, error);
  if (key == NULL || !cap_key_send (key, connection, id, error))
    return FALSE;

  text = g_strdup_printf ("The key of %s is stored. To check whether it works:\n"
                          "  captionctl doctor %s\n", id, id);
  return cap_output_print (text, error);
}

gboolean
cap_provider_command_set_key (int argc, char **argv, GError **error)
{
  gboolean from_stdin = FALSE;
  const GOptionEntry entries[] = {
    { "key-stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin,
      "Read the key from the standard input", NULL },
    { NULL }
  };
  const char *id = NULL;
  const CapArguments arguments = { "ID", 1, 1, &id };
  g_autoptr (GDBusConnection) connection = NULL;
  sigset_t before;

  if (!cap_command_parse_arguments (
          argc, argv, entries, &arguments,
          "Stores the key of a provider in the keyring. The command asks for the key and\n"
          "does not show it.",
          NULL, error)
      || !check_input (from_stdin, error))
    return FALSE;

  cap_prompt_hold_signals (&before);
  connection = cap_bus_connect (error);
  cap_prompt_release_signals (&before);
  return connection != NULL && store_key (connection, id, error);
}

gboolean
cap_provider_command_clear_key (int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = { { NULL } };
  const char *id = NULL;
  const CapArguments arguments = { "ID", 1, 1, &id };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *text = NULL;

  if (!cap_command_parse_arguments (argc, argv, entries, &arguments,
                                    "Removes the key of a provider from the keyring.", NULL, error))
    return FALSE;

  connection = cap_bus_connect (error);
  if (connection == NULL)
    return FALSE;
  reply = cap_bus_call (connection, "ClearKey", g_variant_new ("(s)", id), "()", error);
  if (reply == NULL)
    return FALSE;

  text = g_strdup_printf ("The keyring no longer holds a key of %s.\n", id);
  return cap_output_print (text, error);
}
