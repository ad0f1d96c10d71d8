/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "captionctl/captionctl.h"
#include "captionctl/output.h"
#include "captionctl/variant-json.h"
#include "common/bus.h"

G_DEFINE_QUARK (cap-usage-error-quark, cap_usage_error)

static gboolean
take_usage_error (GError **error, GError *cause)
{
  g_set_error_literal (error, CAP_USAGE_ERROR, 0, cause->message);
  g_error_free (cause);
  return FALSE;
}

static gboolean
take_arguments (int argc,
                char **argv,
                const CapArguments *arguments,
                GError **error)
{
  for (int i = 1; i < argc; i++)
    {
      if ((guint) i > arguments->most)
        {
          g_set_error (error, CAP_USAGE_ERROR, 0, "Unexpected argument \"%s\"", argv[i]);
          return FALSE;
        }
      /* The bus carries only UTF-8, whatever the locale. */
      if (!g_utf8_validate (argv[i], -1, NULL))
        {
          g_set_error_literal (error, CAP_USAGE_ERROR, 0, "An argument is not valid UTF-8");
          return FALSE;
        }
      arguments->values[i - 1] = argv[i];
    }

  if ((guint) argc <= arguments->least)
    {
      g_set_error (error, CAP_USAGE_ERROR, 0, "%s is missing", arguments->usage);
      return FALSE;
    }

  return TRUE;
}

gboolean
cap_command_parse_arguments (int argc,
                             char **argv,
                             const GOptionEntry *entries,
                             const CapArguments *arguments,
                             const char *summary,
                             const char *description,
                             GError **error)
{
  g_autoptr (GOptionContext) context = NULL;
  g_autofree char *name = NULL;
  GError *cause = NULL;

  g_return_val_if_fail (argv != NULL, FALSE);
  g_return_val_if_fail (entries != NULL, FALSE);
  g_return_val_if_fail (arguments != NULL, FALSE);

  context = g_option_context_new (arguments->usage);
  name = g_strconcat ("captionctl ", argv[0], NULL);
  g_set_prgname (name);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);

  if (!g_option_context_parse (context, &argc, &argv, &cause))
    return take_usage_error (error, cause);

  /* GOption leaves a "--" before the arguments. */
  if (argc > 1 && g_str_equal (argv[1], "--"))
    argc--, argv++;

  return take_arguments (argc, argv, arguments, error);
}

gboolean
cap_command_parse (int argc,
                   char **argv,
                   const GOptionEntry *entries,
                   const char *summary,
                   const char *description,
                   GError **error)
{
  const CapArguments none = { 0 };

  return cap_command_parse_arguments (argc, argv, entries, &none, summary, description, error);
}

gboolean
cap_command_list (int argc,
                  char **argv,
                  const char *summary,
                  const char *method,
                  char *(*print_table) (GVariant *list),
                  GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON array", NULL },
    { NULL }
  };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (method != NULL, FALSE);
  g_return_val_if_fail (print_table != NULL, FALSE);

  if (!cap_command_parse (argc, argv, entries, summary, NULL, error))
    return FALSE;

  connection = cap_bus_connect (error);
  if (connection == NULL)
    return FALSE;

  reply = cap_bus_call (connection, method, NULL, "(aa{sv})", error);
  if (reply == NULL)
    return FALSE;

  list = g_variant_get_child_value (reply, 0);
  text = json ? cap_variant_to_json (list) : print_table (list);
  return cap_output_print (text, error) && (!json || cap_output_print ("\n", error));
}
