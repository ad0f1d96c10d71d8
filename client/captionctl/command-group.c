/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/command-group.h"
#include "captionctl/output.h"

static char *
compose_help (const CapCommandGroup *group)
{
  GString *help = g_string_new (NULL);

  g_string_append_printf (help, "Usage:\n  captionctl %s COMMAND [OPTION...] [ID]\n\n%s\nCommands:\n", group->name,
                          group->summary);
  for (gsize i = 0; i < group->n_commands; i++)
    g_string_append_printf (help, "  %-10s %s\n", group->commands[i].name, group->commands[i].summary);
  g_string_append_printf (help, "\nTo see the options of a command: captionctl %s COMMAND --help\n", group->name);
  return g_string_free (help, FALSE);
}

gboolean
cap_command_group_run (const CapCommandGroup *group, int argc, char **argv, GError **error)
{
  const char *name = argc > 1 ? argv[1] : NULL;
  g_autofree char *program = NULL;

  g_return_val_if_fail (group != NULL, FALSE);

  program = g_strconcat ("captionctl ", group->name, NULL);
  g_set_prgname (program);
  if (name == NULL)
    {
      g_set_error_literal (error, CAP_USAGE_ERROR, 0, "No command was given");
      return FALSE;
    }

  if (g_str_equal (name, "--help") || g_str_equal (name, "-h"))
    {
      g_autofree char *help = compose_help (group);

      return cap_output_print (help, error);
    }

  for (gsize i = 0; i < group->n_commands; i++)
    {
      if (!g_str_equal (group->commands[i].name, name))
        continue;
      argv[1] = (char *) group->commands[i].full_name;
      return group->commands[i].run (argc - 1, argv + 1, error);
    }

  g_set_error (error, CAP_USAGE_ERROR, 0, "Unknown command or option \"%s\"", name);
  return FALSE;
}
